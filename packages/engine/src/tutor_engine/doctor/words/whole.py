"""What is said of the examination as a whole."""

from tutor_engine.doctor.words import Words

NOT_LOOKED_AT = Words(
    ("this could not be looked at", "这一项无法检查"),
    ("{failure}", "{failure}"),
    ("Please report this as a bug, with the log.", "请作为程序缺陷报告，并附上日志。"),
)
NOT_THE_USER = (
    "{file}: {detail}. Run the doctor as the user of the engine.",
    "{file}：{detail}。请用运行引擎的用户来运行诊断。",
)
ALL_WELL = ("All is well.", "一切正常。")
ERRORS = ("{number} errors", "{number} 个错误")
ONE_ERROR = ("{number} error", "{number} 个错误")
WARNINGS = ("{number} warnings", "{number} 个警告")
ONE_WARNING = ("{number} warning", "{number} 个警告")
NOTES = ("{number} notes", "{number} 条说明")
ONE_NOTE = ("{number} note", "{number} 条说明")
BETWEEN_COUNTS = (", ", "，")
