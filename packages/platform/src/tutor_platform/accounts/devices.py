"""A browser by the name it gives itself: `Chrome · Windows`. Nothing else of it is kept."""

MAX_CHARS = 80

_BROWSERS = (
    ("micromessenger", "WeChat"),
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("samsungbrowser", "Samsung Internet"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("crios", "Chrome"),
    ("headlesschrome", "Chrome"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)
"""The first that fits: most browsers also claim to be those below them."""

_SYSTEMS = (
    ("harmonyos", "HarmonyOS"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("cros", "ChromeOS"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """Browser and system; empty when neither is known."""
    told = user_agent[:1_000].lower()
    named = [next((name for mark, name in known if mark in told), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in named if name)
