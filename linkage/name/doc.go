// Package name compares names of people and organisations as words, in any
// script: it folds and transliterates them, knows pet forms, titles and legal
// forms, and pairs the words of one with those of the other.
//
// Chinese names in Chinese characters are package zh's; here Han characters
// count as their readings.
package name
