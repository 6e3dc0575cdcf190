// Package access says who may do what, and keeps the record of who did.
//
// Passwords are kept as argon2id, sessions and tokens as SHA-256 of 256 random
// bits: what the state holds opens nothing. A token bound to a source can hand
// in events for that source and do nothing else, whatever its role. The audit
// log is a chain: each entry's hash covers the entry before it, and it is
// written in the transaction of the change that it records.
//
// Owns access_user, access_session, access_token, access_attempt and access_audit.
package access
