-- What compiled expressions need, beside the macros of package date.
-- Temporary: each connection that maps runs this once.

-- A whole number that no function chokes on.
CREATE OR REPLACE TEMP MACRO mapping_int(x) AS TRY_CAST(trunc(greatest(-1e9, least(1e9, CASE WHEN isnan(x) THEN NULL ELSE x END))) AS INTEGER);
CREATE OR REPLACE TEMP MACRO mapping_finite(x) AS CASE WHEN isfinite(x) THEN x END;

-- 5 rather than 5.0.
CREATE OR REPLACE TEMP MACRO mapping_plain(x) AS
  CASE WHEN abs(x) < 1e15 AND x = trunc(x) THEN TRY_CAST(x AS BIGINT)::VARCHAR ELSE x::VARCHAR END;

-- Full-width digits and signs as half-width ones.
CREATE OR REPLACE TEMP MACRO mapping_half(x) AS
  translate(x, '０１２３４５６７８９．，－＋（）％￥＄：／　−', '0123456789.,-+()%¥$:/ -');

-- Which of . and , is the decimal sign; NULL where the text is no number.
CREATE OR REPLACE TEMP MACRO mapping_decimal(x) AS
  CASE WHEN regexp_full_match(x, '[0-9]+\.?[0-9]*|\.[0-9]+') THEN x
       WHEN regexp_full_match(x, '[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.[0-9]*)?') THEN replace(x, ',', '')
       WHEN regexp_full_match(x, '[0-9]{1,4}(,[0-9]{4})+(\.[0-9]*)?') THEN replace(x, ',', '')
       WHEN regexp_full_match(x, '[0-9]{1,3}(\.[0-9]{3})+,[0-9]+') THEN replace(replace(x, '.', ''), ',', '.')
       WHEN regexp_full_match(x, '[0-9]{1,3}(\.[0-9]{3}){2,}') THEN replace(x, '.', '')
       WHEN regexp_full_match(x, '[0-9]+,[0-9]{1,2}') THEN replace(x, ',', '.') END;
CREATE OR REPLACE TEMP MACRO mapping_decimal_comma(x) AS
  CASE WHEN regexp_full_match(x, '[0-9]+(\.[0-9]{3})*(,[0-9]*)?|,[0-9]+') THEN replace(replace(x, '.', ''), ',', '.') END;

-- The parts of a number as people write it: sign, currency, figure, scale, currency, percent.
CREATE OR REPLACE TEMP MACRO mapping_parts(x) AS
  regexp_extract(regexp_replace(mapping_half(x), '[\s\x{00a0}\x{202f}\x{2009}''’]', '', 'g'),
    '^(\()?([+-]?)((?i:人民币|RMB|CNY|USD|EUR|GBP|HKD|JPY|US\$|HK\$|R\$|[¥$€£₹])?[+-]?)([0-9.,]*[0-9][.,]?)(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百|k|K|M|B|mn|bn|million|billion|thousand)?((?i:元人民币|人民币|港元|港币|日元|欧元|英镑|美元|美金|元|块|RMB|CNY|USD|EUR|GBP|HKD|JPY|[¥$€£₹]))?(%)?(\))?(-)?$',
    ['open', 'sign', 'before', 'figure', 'scale', 'unit', 'percent', 'close', 'minus']);
CREATE OR REPLACE TEMP MACRO mapping_scale(s) AS
  CASE s WHEN '' THEN 1 WHEN '百' THEN 1e2 WHEN '千' THEN 1e3 WHEN 'k' THEN 1e3 WHEN 'K' THEN 1e3 WHEN 'thousand' THEN 1e3
         WHEN '万' THEN 1e4 WHEN '十万' THEN 1e5 WHEN '百万' THEN 1e6 WHEN 'M' THEN 1e6 WHEN 'mn' THEN 1e6 WHEN 'million' THEN 1e6
         WHEN '千万' THEN 1e7 WHEN '亿' THEN 1e8 WHEN '十亿' THEN 1e9 WHEN 'B' THEN 1e9 WHEN 'bn' THEN 1e9 WHEN 'billion' THEN 1e9
         WHEN '百亿' THEN 1e10 WHEN '千亿' THEN 1e11 WHEN '万亿' THEN 1e12 END;
CREATE OR REPLACE TEMP MACRO mapping_assemble(p, figure) AS
  CASE WHEN (p.open = '') = (p.close = '') THEN
    mapping_finite(TRY_CAST(figure AS DOUBLE)) * mapping_scale(p.scale)
      / CASE WHEN p.percent = '' THEN 1 ELSE 100 END
      * CASE WHEN p.open <> '' OR p.sign = '-' OR p.minus <> '' OR ends_with(p.before, '-') THEN -1 ELSE 1 END END;
-- The lambdas name a value once: a macro writes its argument out at each place.
CREATE OR REPLACE TEMP MACRO mapping_number(x) AS
  list_transform([x], lambda t: coalesce(mapping_finite(TRY_CAST(t AS DOUBLE)),
    list_transform([mapping_parts(t)], lambda p: mapping_assemble(p, list_transform([p.figure], lambda f: mapping_decimal(f))[1]))[1]))[1];
CREATE OR REPLACE TEMP MACRO mapping_number_comma(x) AS
  list_transform([mapping_parts(x)], lambda p: mapping_assemble(p, list_transform([p.figure], lambda f: mapping_decimal_comma(f))[1]))[1];

CREATE OR REPLACE TEMP MACRO mapping_yes(x) AS
  CASE WHEN lower(trim(x, E' \t　')) IN ('是', '有', '对', '真', '√', '✓', '✔', '启用', '开启', 'true', 't', 'yes', 'y', '1', '1.0', 'on') THEN true
       WHEN lower(trim(x, E' \t　')) IN ('否', '无', '没有', '不是', '错', '假', '×', '✗', '✘', '停用', '禁用', '关闭', 'false', 'f', 'no', 'n', '0', '0.0', 'off') THEN false END;

-- 13800138000, 02112345678, +12125550100: no blanks, country code 86 and extension gone.
CREATE OR REPLACE TEMP MACRO mapping_phone_digits(x) AS
  regexp_replace(regexp_replace(regexp_replace(mapping_half(x), '(?i)\s*(转|ext\.?|分机|x|#)\s*[0-9]+\s*$', ''), '^\s*(\+|00)', '+'), '[^0-9+]', '', 'g');
CREATE OR REPLACE TEMP MACRO mapping_phone(x) AS
  regexp_extract(regexp_replace(regexp_replace(mapping_phone_digits(x), '^\+?86(1[3-9][0-9]{9}|0?[1-9][0-9]{9,10})$', '\1'), '^(?:\+)?(.*)$', '\0'), '^(\+?[0-9]{7,15})$', 1);

CREATE OR REPLACE TEMP MACRO mapping_strip_html(x) AS
  CASE WHEN NOT contains(x, '<') AND NOT contains(x, '&') THEN x ELSE
  nullif(trim(regexp_replace(replace(replace(replace(replace(replace(replace(regexp_replace(regexp_replace(regexp_replace(x,
    '(?is)<(script|style)\b.*?</(?:script|style)\s*>|<!--.*?-->', '', 'g'), '(?i)<(br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>', E'\n', 'g'), '(?s)</?[a-zA-Z!][^<>]*>', '', 'g'),
    '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''), '&amp;', '&'), '[ \t]*\n\s*', E'\n', 'g'), E' \t\n'), '') END;

CREATE OR REPLACE TEMP MACRO mapping_json_get(x, path) AS
  CASE WHEN json_valid(x) THEN json_extract_string(x, path) END;

CREATE OR REPLACE TEMP MACRO mapping_add_days(t, n) AS
  CASE WHEN abs(n) < 100000 AND t >= TIMESTAMP '1500-01-01' AND t < TIMESTAMP '2600-01-01' THEN t + to_milliseconds(round(n * 86400000)::BIGINT) END;
