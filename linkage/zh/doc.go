// Package zh knows how Chinese writes people, companies, places and numbers.
//
// Names are compared by characters, by sound in every reading, and through
// traditional and variant forms. A company's name is split into region, brand,
// trade and legal form, because only the brand tells who it is: 有限公司 and
// 有限责任公司 are one form, while a 分公司 is not its parent.
package zh
