// Package compare says how alike two values are: strings, token sets, dates,
// numbers, places and lists.
//
// Every function is pure, symmetric in its two values, and works on values in
// normal form (see Fold, ParseDate, PhoneKey …), because a normal form is
// computed once per distinct value and a comparison once per pair of them.
// Similarities run from 0 to 1; distances count edits.
package compare
