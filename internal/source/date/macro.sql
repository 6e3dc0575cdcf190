-- What date expressions need. Temporary: each connection that maps runs this once.
-- A year outside 1900 to 2199 is a slip of the pen, not a date.
CREATE OR REPLACE TEMP MACRO mapping_within(t) AS
  CASE WHEN t >= TIMESTAMP '1900-01-01' AND t < TIMESTAMP '2200-01-01' THEN t END;

-- 下午3:04 → 3:04 PM; weekdays and ordinals gone.
CREATE OR REPLACE TEMP MACRO mapping_ampm(x) AS
  regexp_replace(regexp_replace(regexp_replace(x,
    '(上午|凌晨|早上|清晨)\s*([0-9:：时点分秒]+)', '\2 AM'),
    '(下午|晚上|中午|傍晚)\s*([0-9:：时点分秒]+)', '\2 PM'),
    '([AaPp])\.?([Mm])\.?$', '\1\2');

CREATE OR REPLACE TEMP MACRO mapping_cn_date(x) AS
  mapping_within(try_strptime(replace(regexp_replace(mapping_ampm(trim(x)), '\s*(星期|周)[一二三四五六日天]\s*|号', CASE WHEN contains(x, '号') THEN '日' ELSE ' ' END), '：', ':'),
    ['%y年%m月%d日', '%Y年%m月%d日', '%Y年%m月%d日 %H:%M', '%Y年%m月%d日%H:%M', '%Y年%m月%d日 %H:%M:%S', '%Y年%m月%d日%H:%M:%S',
     '%Y年%m月%d日 %I:%M %p', '%Y年%m月%d日%I:%M %p', '%Y年%m月%d日 %I:%M:%S %p', '%Y年%m月%d日 %H时%M分', '%Y年%m月%d日%H时%M分',
     '%Y年%m月%d日 %H时%M分%S秒', '%Y年%m月%d日%H时%M分%S秒', '%Y年%m月%d日 %I时%M分 %p', '%Y年%m月']));

-- One value alone, only where it can be read in one way. An offset is dropped: the wall clock stays.
CREATE OR REPLACE TEMP MACRO mapping_date(x) AS
  CASE WHEN regexp_matches(x, '^\s*[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}') THEN mapping_within(TRY_CAST(x AS TIMESTAMP))
       WHEN contains(x, '年') THEN mapping_cn_date(x)
       ELSE mapping_within(try_strptime(trim(x),
         ['%Y.%m.%d', '%Y.%m.%d %H:%M', '%Y.%m.%d %H:%M:%S', '%Y%m%d', '%Y%m%d%H%M%S', '%Y%m%d %H:%M:%S', '%Y-%m', '%Y/%m', '%Y.%m',
          '%d-%b-%y', '%d/%b/%y', '%d/%b/%y %H:%M', '%d-%b-%Y', '%d/%b/%Y', '%d %b %Y', '%d-%b-%Y %H:%M', '%d-%b-%Y %H:%M:%S', '%d %B %Y',
          '%b %d, %Y', '%b %d %Y', '%B %d, %Y', '%b %d, %Y %H:%M', '%b %d, %Y %I:%M %p', '%B %d, %Y %I:%M %p'])) END;
