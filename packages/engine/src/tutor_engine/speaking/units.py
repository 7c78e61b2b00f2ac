"""How units, currencies, symbols and Greek letters are said, in English and Chinese. Tables only."""

_UNITS: dict[str, tuple[str, str, str]] = {
    # written: (English singular, English plural, Chinese)
    "km": ("kilometre", "kilometres", "千米"), "cm": ("centimetre", "centimetres", "厘米"),
    "mm": ("millimetre", "millimetres", "毫米"), "m": ("metre", "metres", "米"),
    "μm": ("micrometre", "micrometres", "微米"), "µm": ("micrometre", "micrometres", "微米"),
    "nm": ("nanometre", "nanometres", "纳米"), "kg": ("kilogram", "kilograms", "千克"),
    "mg": ("milligram", "milligrams", "毫克"), "g": ("gram", "grams", "克"),
    "L": ("litre", "litres", "升"), "l": ("litre", "litres", "升"),
    "mL": ("millilitre", "millilitres", "毫升"), "ml": ("millilitre", "millilitres", "毫升"),
    "h": ("hour", "hours", "小时"), "min": ("minute", "minutes", "分钟"), "s": ("second", "seconds", "秒"),
    "ms": ("millisecond", "milliseconds", "毫秒"), "Hz": ("hertz", "hertz", "赫兹"),
    "kHz": ("kilohertz", "kilohertz", "千赫"), "MHz": ("megahertz", "megahertz", "兆赫"),
    "GHz": ("gigahertz", "gigahertz", "吉赫"), "N": ("newton", "newtons", "牛顿"),
    "J": ("joule", "joules", "焦耳"), "kJ": ("kilojoule", "kilojoules", "千焦"),
    "cal": ("calorie", "calories", "卡"), "kcal": ("kilocalorie", "kilocalories", "千卡"),
    "W": ("watt", "watts", "瓦"), "kW": ("kilowatt", "kilowatts", "千瓦"),
    "kWh": ("kilowatt hour", "kilowatt hours", "千瓦时"), "V": ("volt", "volts", "伏"),
    "Ω": ("ohm", "ohms", "欧姆"), "Pa": ("pascal", "pascals", "帕"),
    "kPa": ("kilopascal", "kilopascals", "千帕"),
    "mol": ("mole", "moles", "摩尔"), "K": ("kelvin", "kelvin", "开尔文"),
    "dB": ("decibel", "decibels", "分贝"), "hPa": ("hectopascal", "hectopascals", "百帕"),
    "MPa": ("megapascal", "megapascals", "兆帕"), "bar": ("bar", "bar", "巴"),
    "mA": ("milliampere", "milliamperes", "毫安"), "kV": ("kilovolt", "kilovolts", "千伏"),
    "mV": ("millivolt", "millivolts", "毫伏"), "kΩ": ("kilohm", "kilohms", "千欧"),
    "MW": ("megawatt", "megawatts", "兆瓦"), "GW": ("gigawatt", "gigawatts", "吉瓦"),
    "MJ": ("megajoule", "megajoules", "兆焦"), "kN": ("kilonewton", "kilonewtons", "千牛"),
    "eV": ("electronvolt", "electronvolts", "电子伏"),
    "keV": ("kiloelectronvolt", "kiloelectronvolts", "千电子伏"),
    "MeV": ("megaelectronvolt", "megaelectronvolts", "兆电子伏"),
    "GeV": ("gigaelectronvolt", "gigaelectronvolts", "吉电子伏"),
    "mSv": ("millisievert", "millisieverts", "毫西弗"), "μg": ("microgram", "micrograms", "微克"),
    "µg": ("microgram", "micrograms", "微克"), "μs": ("microsecond", "microseconds", "微秒"),
    "µs": ("microsecond", "microseconds", "微秒"), "ns": ("nanosecond", "nanoseconds", "纳秒"),
    "mmol": ("millimole", "millimoles", "毫摩尔"),
    "AU": ("astronomical unit", "astronomical units", "天文单位"),
    "oz": ("ounce", "ounces", "盎司"), "yd": ("yard", "yards", "码"), "mi": ("mile", "miles", "英里"),
    "kbps": ("kilobit per second", "kilobits per second", "千比特每秒"),
    "Mbps": ("megabit per second", "megabits per second", "兆比特每秒"),
    "Gbps": ("gigabit per second", "gigabits per second", "吉比特每秒"),
    "rpm": ("revolution per minute", "revolutions per minute", "转每分钟"),
    "KB": ("kilobyte", "kilobytes", "KB"), "MB": ("megabyte", "megabytes", "兆字节"),
    "GB": ("gigabyte", "gigabytes", "GB"), "TB": ("terabyte", "terabytes", "TB"),
    "ha": ("hectare", "hectares", "公顷"), "ft": ("foot", "feet", "英尺"), "lb": ("pound", "pounds", "磅"),
    "km/s": ("kilometre per second", "kilometres per second", "千米每秒"),
    "cm/s": ("centimetre per second", "centimetres per second", "厘米每秒"),
    "mm/s": ("millimetre per second", "millimetres per second", "毫米每秒"),
    "m/min": ("metre per minute", "metres per minute", "米每分钟"),
    "MB/s": ("megabyte per second", "megabytes per second", "兆字节每秒"),
    "GB/s": ("gigabyte per second", "gigabytes per second", "GB每秒"),
    "mol/L": ("mole per litre", "moles per litre", "摩尔每升"),
    "g/L": ("gram per litre", "grams per litre", "克每升"),
    "mg/L": ("milligram per litre", "milligrams per litre", "毫克每升"),
    "g/mol": ("gram per mole", "grams per mole", "克每摩尔"),
    "kJ/mol": ("kilojoule per mole", "kilojoules per mole", "千焦每摩尔"),
    "N/m": ("newton per metre", "newtons per metre", "牛顿每米"),
    "N/kg": ("newton per kilogram", "newtons per kilogram", "牛顿每千克"),
    "W/m²": ("watt per square metre", "watts per square metre", "瓦每平方米"),
    "km³": ("cubic kilometre", "cubic kilometres", "立方千米"),
    "mm²": ("square millimetre", "square millimetres", "平方毫米"),
    "km/h": ("kilometre per hour", "kilometres per hour", "千米每小时"),
    "mph": ("mile per hour", "miles per hour", "英里每小时"),
    "m/s": ("metre per second", "metres per second", "米每秒"),
    "m/s²": ("metre per second squared", "metres per second squared", "米每二次方秒"),
    "m/s^2": ("metre per second squared", "metres per second squared", "米每二次方秒"),
    "km²": ("square kilometre", "square kilometres", "平方千米"),
    "m²": ("square metre", "square metres", "平方米"), "m³": ("cubic metre", "cubic metres", "立方米"),
    "cm²": ("square centimetre", "square centimetres", "平方厘米"),
    "cm³": ("cubic centimetre", "cubic centimetres", "立方厘米"),
    "g/cm³": ("gram per cubic centimetre", "grams per cubic centimetre", "克每立方厘米"),
    "kg/m³": ("kilogram per cubic metre", "kilograms per cubic metre", "千克每立方米"),
    "°C": ("degree Celsius", "degrees Celsius", "摄氏度"),
    "℃": ("degree Celsius", "degrees Celsius", "摄氏度"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit", "华氏度"), "°": ("degree", "degrees", "度"),
}  # fmt: skip

UNITS = tuple(sorted(_UNITS, key=len, reverse=True))
"""Units as they are written, longest first."""

_CURRENCIES = {
    "$": ("dollar", "dollars", "美元"), "€": ("euro", "euros", "欧元"), "£": ("pound", "pounds", "英镑"),
    "¥": ("yuan", "yuan", "元"), "￥": ("yuan", "yuan", "元"),
}  # fmt: skip
CURRENCIES = "".join(_CURRENCIES)

SYMBOLS: dict[str, tuple[str, str]] = {
    "+": ("plus", "加"), "=": ("equals", "等于"), "×": ("times", "乘"), "·": ("times", "乘"),
    "÷": ("divided by", "除以"), "−": ("minus", "减"), "±": ("plus or minus", "正负"),
    "≠": ("is not equal to", "不等于"), "≈": ("is about", "约等于"), "≤": ("is at most", "小于等于"),
    "≥": ("is at least", "大于等于"), "<": ("is less than", "小于"), ">": ("is greater than", "大于"),
    "→": ("gives", "得到"), "⇒": ("so", "所以"), "√": ("the square root of", "根号"),
    "∞": ("infinity", "无穷大"),
    "∑": ("the sum of", "求和"), "∫": ("the integral of", "积分"), "∈": ("is in", "属于"),
    "∝": ("is proportional to", "正比于"),
    "&": ("and", "和"), "@": ("at", "在"), "%": ("percent", "百分号"), "°": ("degrees", "度"),
    "½": ("one half", "二分之一"), "¼": ("one quarter", "四分之一"), "¾": ("three quarters", "四分之三"),
    "⅓": ("one third", "三分之一"), "⅔": ("two thirds", "三分之二"), "∠": ("angle", "角"),
    "△": ("triangle", "三角形"),
    "∩": ("intersected with", "交"), "∪": ("united with", "并"), "∴": ("therefore", "所以"),
    "∵": ("because", "因为"), "∉": ("is not in", "不属于"), "⊂": ("is a subset of", "包含于"),
    "⊆": ("is a subset of", "包含于"), "∅": ("the empty set", "空集"), "∀": ("for all", "任意"),
    "∃": ("there is", "存在"), "≡": ("is identical to", "恒等于"), "‰": ("per mille", "千分号"),
    "⊥": ("is perpendicular to", "垂直于"), "∥": ("is parallel to", "平行于"),
}  # fmt: skip
"""What is said for a symbol: English, Chinese."""

_GREEK_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
_GREEK_ENGLISH = str.split(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "tau upsilon phi chi psi omega"
)
_GREEK_CHINESE = str.split(
    "阿尔法 贝塔 伽马 德尔塔 艾普西龙 泽塔 伊塔 西塔 约塔 卡帕 兰姆达 缪 纽 克西 奥密克戎 "
    "派 柔 西格玛 陶 宇普西龙 斐 希 普西 欧米伽"
)
GREEK: dict[str, tuple[str, str]] = {
    letter: names
    for small, names in zip(_GREEK_LETTERS, zip(_GREEK_ENGLISH, _GREEK_CHINESE, strict=True), strict=True)
    for letter in (small, small.upper())
}
GREEK_NAMES = {english: letter for letter, (english, _) in GREEK.items() if letter.islower()}


def unit_words(unit: str, language: str, *, singular: bool) -> str:
    """What is said for a unit of `UNITS`."""
    one, many, chinese = _UNITS[unit]
    if language == "zh":
        return chinese
    return one if singular else many


def currency_words(sign: str, language: str, *, singular: bool) -> str:
    """What is said for a sign of `CURRENCIES`."""
    one, many, chinese = _CURRENCIES[sign]
    if language == "zh":
        return chinese
    return one if singular else many
