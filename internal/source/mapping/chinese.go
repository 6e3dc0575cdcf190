package mapping

import (
	"regexp"
	"strings"
)

// Chinese is the problem's message for readers of Chinese. What the YAML
// reader itself says has no translation of ours and follows in its own words.
func (p Problem) Chinese() string {
	zh, ok := chinese(p.Msg)
	if !ok {
		return "此处写法有误：" + p.Msg
	}
	return zh
}

var inExpression = regexp.MustCompile(`^at character (\d+) of ("(?:[^"\\]|\\.)*"): (.*)$`)

// chinese translates one message; false where it is not one of ours.
func chinese(msg string) (string, bool) {
	if m := inExpression.FindStringSubmatch(msg); m != nil {
		zh, ok := chinese(m[3])
		return "表达式 " + m[2] + " 第 " + m[1] + " 个字符处：" + zh, ok
	}
	for _, t := range translations {
		if t.en.MatchString(msg) {
			return strings.TrimSpace(t.en.ReplaceAllString(msg, t.zh)), true
		}
	}
	return msg, false
}

// A translation is one form of message; $1 … are its parts. Parts that are
// phrases of ours (hints, kinds) are translated by words.
type translation struct {
	en *regexp.Regexp
	zh string
}

// translations of every message that this package makes, the more special first.
var translations = func() (out []translation) {
	for _, t := range [][2]string{
		{`the file holds (\d+) YAML documents with content; .*`, "文件中有 $1 个 YAML 文档；应为一个映射，包含 source 和 tables"},
		{`anchors and aliases .*`, "不支持锚点和别名（& 与 *）：请把值写全；以它们开头的文本请加引号"},
		{`the YAML can't be read: (.*)`, "YAML 无法读取：$1"},
		{`(".*") is no (.*); did you mean (.*)\?`, "$1 不在可用的取值中；是否应为 $3？"},
		{`(".*") is no (.*); GLOSSARY\.md lists those that are`, "$1 不在词表中；可用的见 GLOSSARY.md"},
		{`(".*") is no time zone; .*`, "$1 不是时区；请写成 Asia/Shanghai、Europe/Berlin、UTC 这样的名称"},
		{`(".*") is no name for an expression`, "$1 不能作为表达式的名称"},
		{`(".*") is no (.*); one of (.*)`, "$1 不在可用的取值中；可用：$3"},
		{`(.*) (".*") must begin with a letter or digit .*`, "名称 $2 须以字母或数字开头，且只含字母、数字、_ . 和 -"},
		{`an expression is needed here: .*`, "此处需要一个表达式，例如列名"},
		{`no table is described`, "没有描述任何表"},
		{`two tables are named (.*)`, "有两张表都叫 $1"},
		{`a snapshot needs a .key., .*`, "snapshot 需要 key，或带主键的身份记录，才能判断下一次少了什么"},
		{`the table makes no parties and no events; .*`, "该表既不产生身份记录也不产生事件；请补充，或删掉该表"},
		{`two parties of the table have the ref (.*)`, "该表有两个身份记录的 ref 都是 $1"},
		{`(".*") must be one small English word: .*`, "$1 须为一个小写英文单词：它会成为动作 <noun>.changed 和 <noun>.removed"},
		{`the ref of a party of this table is needed`, "需要填写该表中某个身份记录的 ref"},
		{`(".*") is a party of kind (\w+); here one of kind (\w+) is needed`, "$1 是 $2 类身份记录；此处需要 $3 类"},
		{`there is no column (".*"); did you mean (.*)\?`, "没有列 $1；是否应为 $2？"},
		{`there is no column (".*"); if a fixed text is meant, .*: (.*)`, "没有列 $1；若是固定文本，需要加上它自己的引号：$2"},
		{`there is no column (.*)`, "没有列 $1"},
		{`with its named expressions written out it is too large; shorten it`, "展开 let 中的表达式后过长，请缩短"},
		{`the number (.*) is out of range`, "数字 $1 超出范围"},
		{`(.*) is defined by itself: (.*)`, "$1 的定义引用了自身：$2"},
		{`named expressions are nested more than (\d+) deep`, "let 中的表达式嵌套超过 $1 层"},
		{`a (\w+) can't be used as a (\w+) here`, "此处不能把 $1 当作 $2 使用"},
		{`a (\w+) and a (\w+) are mixed here`, "此处混用了 $1 与 $2"},
		{`CASE compares nothing but NULL`, "CASE 只与 NULL 比较"},
		{`the function (".*") is not allowed; (.*)`, "不允许使用函数 $1；$2"},
		{`(.*) takes other arguments: (.*)`, "$1 的参数应为：$2"},
		{`(.*)\(\) is not known here`, "此处没有 $1()"},
		{`argument (\d+) of (.*) must be written out, not computed`, "$2 的第 $1 个参数须直接写出，不能是计算结果"},
		{`argument (\d+) of (.*) must be a small whole number`, "$2 的第 $1 个参数须为较小的整数"},
		{`the expression is empty`, "表达式为空"},
		{`the expression is nested more than (\d+) deep`, "表达式嵌套超过 $1 层"},
		{`(.*) was not expected here; a column name with blanks goes in double quotes`, "此处不应出现 $1；含空格的列名请加双引号"},
		{`(.*) was not expected here`, "此处不应出现 $1"},
		{`(.*) is missing after (.*), found (.*)`, "$2 之后缺少 $1，却是 $3"},
		{`too many operands in a row`, "连续的运算项过多"},
		{`the list after IN is empty`, "IN 之后的列表为空"},
		{`after NOT, one of IN, BETWEEN, LIKE is expected here`, "NOT 之后应为 IN、BETWEEN 或 LIKE"},
		{`too many casts in a row`, "连续的类型转换过多"},
		{`(.*) is no type; one of (.*) is`, "$1 不是类型；可用：$2"},
		{`a value was expected here, found (.*)`, "此处应为一个值，却是 $1"},
		{`(.*) is a word of the language here; .*`, "$1 在此是关键字；同名的列请加双引号"},
		{`CASE needs at least one WHEN … THEN …`, "CASE 至少需要一个 WHEN … THEN …"},
	} {
		out = append(out, translation{regexp.MustCompile(`^(?s:` + t[0] + `)$`), t[1]})
	}
	return out
}()
