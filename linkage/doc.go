// Package linkage finds which records are of the same person or company.
//
// It is Fellegi and Sunter's model (1969), unsupervised: how often chance
// makes two records agree (u) is counted from value frequencies, how often
// matches agree (m) is learned by EM on counts of agreement patterns, once per
// blocking rule, and both once more from a first clustering. Without settings
// Link profiles the columns and chooses comparisons and blocking rules itself,
// estimating what each rule costs before any pair is compared.
//
// Two facts that surprise. A missing value is no evidence, neither for nor
// against. And an entity is not a connected component: within one, pairs that
// speak against a match split what a single edge would join.
//
// Sub-packages: compare, name and zh compare values; field holds a column in
// normal form; block makes candidate pairs; cluster, evaluate and profile do
// what their names say; splink reads Splink's settings.
package linkage
