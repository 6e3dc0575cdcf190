// Package export writes a company's records the way its systems leave them,
// and truth.json beside them. Package layout says what each file looks like.
//
// Two facts that surprise: the exporter keeps its first error and then does
// nothing, so its steps don't check; and a row that a later file repeats is
// written twice but counted once.
package export
