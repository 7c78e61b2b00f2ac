# ruff: noqa: E501 - a case a line
"""Quantities, parts, Roman numbers and charges, as they are read out."""

ENGLISH = [
    ("100 Mbps, 1013 hPa, 30 000 km/s", "one hundred megabits per second, one thousand and thirteen hectopascals, thirty thousand kilometres per second"),
    ("3 mol/L, 5 kJ/mol, 2 MeV", "three moles per litre, five kilojoules per mole, two megaelectronvolts"),
    ("10–15 °C, 5-7 km, -3 °C–5 °C", "ten to fifteen degrees Celsius, five to seven kilometres, minus three to five degrees Celsius"),
    ("7 - 5 = 2 km", "seven minus five equals two kilometres"),
    ("<5 mg and >3 km", "less than five milligrams and more than three kilometres"),
    ("1/2 h, 3/4 km, 1/1000, 7/100", "half an hour, three quarters of a kilometre, one thousandth, seven hundredths"),
    ("50°N, 12°30′, 48° 51′ 24″ N", "fifty degrees north, twelve degrees thirty minutes, forty-eight degrees fifty-one minutes twenty-four seconds north"),
    ("€5bn, US$5, 5 USD, 20 EUR", "five billion euros, five US dollars, five dollars, twenty euros"),
    ("on 01/02, 25/06", "on January second, June twenty-fifth"),
    ("1990/91 or 24/60", "nineteen ninety/ninety-one or twenty-four over sixty"),
    ("ISBN 978-3-16-148410-0", "I S B N nine seven eight, three, one six, one four eight four one zero, zero"),
    ("Nos. 3 and 4", "numbers three and four"),
    ("the XXI century, MMXXIV, XIX, (iv), Ⅻ", "the twenty-first century, twenty twenty-four, nineteen, (four), twelve"),
    ("type II cells, a type I error, WWII", "type two cells, a type one error, World War two"),
    ("CIVIL, MIX, DIM, I, V, vitamin C", "CIVIL, MIX, DIM, I, V, vitamin C"),
    ("Ca²⁺, Cl⁻, SO4^2-", "Ca two plus, Cl minus, S O four two minus"),
    ("lim x→0", "the limit as X approaches zero"),
]  # fmt: skip

CHINESE = [
    ("60 km/h，1013 hPa，3 mol/L", "六十千米每小时，一千零一十三百帕，三摩尔每升"),
    ("-3℃~5℃，10-15 °C", "零下三摄氏度到五摄氏度，十到十五摄氏度"),
    ("1/2小时，1/100", "二分之一小时，一百分之一"),
    ("北京在40°N", "北京在北纬四十度"),
    ("3月1日-5日，09/01", "三月一日到五日，九月一日"),
    ("2年、2人、2分钟、2米", "两年、两人、两分钟、两米"),
    ("2年级、2月、第2次、12个、2.5米", "二年级、二月、第二次、十二个、二点五米"),
    ("第III章，Ⅱ型，（WWII）", "第三章，二型，（第二次世界大战）"),
    ("不到<5 mg，100 CNY", "不到小于五毫克，一百元"),
    ("钙离子Ca²⁺", "钙离子Ca二正"),
]
