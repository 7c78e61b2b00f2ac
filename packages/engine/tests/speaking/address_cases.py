# ruff: noqa: E501 - a case a line
"""Addresses as they are read out: sign by sign where somebody would type them."""

ENGLISH = [
    ("Connect to 192.168.1.10:8080.", "Connect to one nine two dot one six eight dot one dot one zero, port eight zero eight zero."),
    ("10.0.0.1/24 or ::1", "one zero dot zero dot zero dot one slash twenty-four or colon colon one"),
    ("2001:db8::1", "two zero zero one colon D B eight colon colon one"),
    ("version 1.2.3.400", "version one point two point three point four hundred"),
    ("http://localhost:9000/health", "localhost, port nine zero zero zero"),
    ("localhost:9000 and example.org:443", "localhost, port nine zero zero zero and example dot org, port four four three"),
    ("https://www.example.com/docs/page?id=3#top", "example dot com"),
    ("mail john.doe+x@mail.example.co.uk", "mail john dot doe plus x at mail dot example dot co dot uk"),
    ("a_b-c@example.org", "a underscore b dash c at example dot org"),
    ("read my-notes.pdf in /usr/local/share", "read my notes dot pdf in usr local share"),
    ("std::vector and 10:30:45", "std::vector and ten thirty and forty-five seconds"),
]  # fmt: skip

CHINESE = [
    ("访问192.168.1.10:8080。", "访问一九二点一六八点一点一零，端口八零八零。"),
    ("见 http://example.com:8000/a", "见 example 点 com，端口八零零零"),
    ("邮箱 zhang_san@example.com.cn", "邮箱 zhang 下划线 san 艾特 example 点 com 点 cn"),
    ("打开 main.py", "打开 main 点 py"),
]
