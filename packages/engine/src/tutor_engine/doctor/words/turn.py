"""What is said of TURN servers."""

from tutor_engine.doctor.words import Words

_WHO_NEEDS_IT = (
    "Browsers whose network blocks UDP cannot take part in lessons without it.",
    "没有 TURN，处于屏蔽 UDP 的网络中的浏览器无法上课。",
)
_TRY_FROM_OUTSIDE = (
    "Use “Check my connection” in the web app: it tries each TURN address from outside.",
    "请用网页里的“检查我的连接”：它会从外部尝试每个 TURN 地址。",
)

UNREADABLE = Words(
    (
        "{address} in WEBRTC_TURN_SERVER is no TURN address",
        "WEBRTC_TURN_SERVER 中的 {address} 不是 TURN 地址",
    ),
    (
        "Browsers throw away the whole list of servers when one of them cannot be read.",
        "只要有一个地址无法识别，浏览器就会丢弃整个服务器列表。",
    ),
    (
        "Write it like turn:host:3478?transport=udp or turns:host:5349?transport=tcp.",
        "请写成 turn:host:3478?transport=udp 或 turns:host:5349?transport=tcp 这样的形式。",
    ),
)
ABSENT = Words(
    ("no TURN server is configured", "没有配置 TURN 服务器"),
    (
        "Browsers whose network blocks UDP cannot take part in lessons without it; all others need none.",
        "没有 TURN，处于屏蔽 UDP 的网络中的浏览器无法上课；其他浏览器不需要 TURN。",
    ),
    (
        "WEBRTC_TURN_RUN=true runs coturn here (make system installs it).",
        "设置 WEBRTC_TURN_RUN=true 可在本机运行 coturn（用 make system 安装）。",
    ),
)
ABSENT_BUT_NEEDED = Words(
    (
        "WEBRTC_ICE_TRANSPORT_POLICY is relay and no TURN server is configured",
        "WEBRTC_ICE_TRANSPORT_POLICY 为 relay，却没有配置 TURN 服务器",
    ),
    (
        "Browsers may use nothing but a relay, so no lesson connects.",
        "浏览器只能使用中继，因此所有课堂都连不上。",
    ),
    (
        "Set WEBRTC_TURN_SERVER or WEBRTC_TURN_RUN=true, or WEBRTC_ICE_TRANSPORT_POLICY=all.",
        "设置 WEBRTC_TURN_SERVER 或 WEBRTC_TURN_RUN=true，或者设置 WEBRTC_ICE_TRANSPORT_POLICY=all。",
    ),
)

RELAYS = Words(
    (
        "{url} relays at {relayed} and sees us as {mapped}",
        "{url} 在 {relayed} 中继，看到我们的地址是 {mapped}",
    ),
)
UNKNOWN_ADDRESS = ("an unknown address", "未知地址")
UNTRIED = Words(
    ("{url} (TURN over DTLS) cannot be tried from here", "{url}（基于 DTLS 的 TURN）无法从本机尝试"),
    mend=("Use “Check my connection” in the web app.", "请用网页里的“检查我的连接”。"),
)
UNRESOLVED = Words(
    ("{url}: {detail}", "{url}：{detail}"),
    (
        "The name in WEBRTC_TURN_SERVER leads nowhere, for browsers most likely too.",
        "WEBRTC_TURN_SERVER 中的域名无法解析，浏览器很可能也一样。",
    ),
    ("Correct the name, or its entry in DNS.", "更正域名，或修正它的 DNS 记录。"),
)
UNTRUSTED = Words(
    ("{url}: {detail}", "{url}：{detail}"),
    (
        "Browsers refuse a certificate that is expired, self-signed or of another name.",
        "浏览器会拒绝过期、自签名或域名不符的证书。",
    ),
    ("Renew the certificate of the TURN server.", "更新 TURN 服务器的证书。"),
)

NO_ANSWER = ("does not answer", "没有应答")
NO_WAY = ("cannot be reached: {detail}", "无法连接（{detail}）")
SILENT = Words(
    ("{url} {silence}", "{url} {silence}"),
    _WHO_NEEDS_IT,
    (
        "Is it running, and is {transport} {port} open and mapped to it?",
        "它是否在运行？{transport} {port} 是否已开放并映射到它？",
    ),
)
SILENT_HAIRPIN = Words(
    (
        "{url} {silence} from here, while it works at its local address",
        "从本机访问 {url} {silence}，但它的本地地址可用",
    ),
    (
        "Many routers do not let a machine reach its own public address; browsers may well.",
        "许多路由器不允许机器访问自己的公网地址；浏览器很可能可以访问。",
    ),
    _TRY_FROM_OUTSIDE,
)
SILENT_OWN_ADDRESS = Words(
    ("{url} {silence} from here", "从本机访问 {url} {silence}"),
    (
        "It is our own public address, which many routers do not let a machine reach; it may well work.",
        "这是我们自己的公网地址，许多路由器不允许机器访问自己的公网地址；它很可能是正常的。",
    ),
    (
        "Set WEBRTC_TURN_SERVER_LOCAL to its local address, so that it can be looked at.",
        "把 WEBRTC_TURN_SERVER_LOCAL 设为它的本地地址，这样才能检查。",
    ),
)

FORBIDDEN = Words(
    ("{url} answers 403 Forbidden", "{url} 返回 403 Forbidden"),
    ("Its rules keep this machine out.", "它的规则不允许本机使用。"),
    ("Look at the address rules of the TURN server.", "检查 TURN 服务器的地址规则。"),
)
QUOTA_REACHED = Words(
    ("{url} answers 486 Allocation Quota Reached", "{url} 返回 486 Allocation Quota Reached（已达配额）"),
    (
        "This user, or all together, hold as many relays as they may; the next gets none.",
        "这个用户或全部用户占用的中继已达上限，下一个请求得不到中继。",
    ),
    (
        "Raise user-quota or total-quota; max-allocate-lifetime=120 frees what vanished ones held.",
        "调高 user-quota 或 total-quota；max-allocate-lifetime=120 会释放已断开的浏览器占用的中继。",
    ),
)
NO_RELAY_PORT = Words(
    ("{url} answers 508: no relay port is free", "{url} 返回 508：没有空闲的中继端口"),
    (
        "Lessons over TURN hold ports, and those of vanished browsers stay taken for minutes.",
        "经过 TURN 的课堂会占用端口，已断开的浏览器还会继续占用几分钟。",
    ),
    (
        "Give it more ports and max-allocate-lifetime=120: tutor-engine deploy coturn.",
        "给它更多端口，并设置 max-allocate-lifetime=120：tutor-engine deploy coturn。",
    ),
)
REFUSED = Words(
    ("{url} answers {code} {detail}", "{url} 返回 {code} {detail}"),
    (
        "Without a relay, browsers whose network blocks UDP cannot take part in lessons.",
        "得不到中继，处于屏蔽 UDP 的网络中的浏览器就无法上课。",
    ),
    ("Look at its log.", "查看它的日志。"),
)
NO_CREDENTIALS = Words(
    ("{url} answers 401 and no credentials are configured", "{url} 返回 401，而这里没有配置凭据"),
    ("It wants a user name and password.", "它要求用户名和密码。"),
    (
        "Set WEBRTC_TURN_SECRET (or WEBRTC_TURN_USERNAME and WEBRTC_TURN_PASSWORD).",
        "设置 WEBRTC_TURN_SECRET（或 WEBRTC_TURN_USERNAME 和 WEBRTC_TURN_PASSWORD）。",
    ),
)
CREDENTIALS_EXPIRED = Words(
    (
        "{url} answers 401: the credentials expired {ago_s:.0f} s ago",
        "{url} 返回 401：凭据已于 {ago_s:.0f} 秒前过期",
    ),
    (
        "The user name begins with the second of its expiry, and that is past.",
        "用户名以过期时间（秒）开头，这个时间已经过去。",
    ),
    (
        "Set WEBRTC_TURN_SECRET, so that credentials are made afresh, instead of a fixed user name.",
        "不要使用固定的用户名，请设置 WEBRTC_TURN_SECRET，让凭据每次重新生成。",
    ),
)
WRONG_SECRET = Words(
    ("{url} answers 401: wrong secret", "{url} 返回 401：密钥不一致"),
    (
        "Credentials were made this moment, so the secret differs, or the clocks differ by ten minutes.",
        "凭据是刚刚生成的，所以要么密钥不同，要么时钟相差十分钟以上。",
    ),
    (
        "Make WEBRTC_TURN_SECRET equal to static-auth-secret in turnserver.conf; compare `date` on both.",
        "让 WEBRTC_TURN_SECRET 与 turnserver.conf 中的 static-auth-secret 相同；并对照两边的 `date`。",
    ),
)
WRONG_PASSWORD = Words(
    (
        "{url} answers 401: wrong user name or password",
        "{url} 返回 401：用户名或密码错误",
    ),
    ("The TURN server knows another pair.", "TURN 服务器上的用户名和密码与此不同。"),
    (
        "Make WEBRTC_TURN_USERNAME and WEBRTC_TURN_PASSWORD equal to `user=` in turnserver.conf.",
        "让 WEBRTC_TURN_USERNAME 和 WEBRTC_TURN_PASSWORD 与 turnserver.conf 中的 `user=` 相同。",
    ),
)

OPEN_TO_PRIVATE = Words(
    ("{url} relays to {hosts}", "{url} 会向 {hosts} 转发"),
    (
        "Any student could reach private machines through it.",
        "任何学生都可以通过它访问内网机器。",
    ),
    (
        "Use the file of `tutor-engine deploy coturn`: all peers denied but the media workers.",
        "使用 `tutor-engine deploy coturn` 生成的文件：只允许访问媒体进程。",
    ),
)
CLOSED_TO_PRIVATE = Words(
    (
        "{url} refuses loopback and private peers {answer}",
        "{url} 拒绝向环回和内网地址转发（{answer}）",
    ),
)
BY_CODES = ("with {codes}", "返回 {codes}")
BY_SILENCE = ("by silence", "不作应答")
MEDIA_ANSWERS = Words(
    (
        "the media worker at {media} answers through {url}",
        "{media} 的媒体进程通过 {url} 应答",
    ),
)
MEDIA_SILENT = Words(
    (
        "{url} may send to {media}, and nobody answered there",
        "{url} 可以向 {media} 转发，但那里没有应答",
    ),
    (
        "The relay is allowed to reach the media worker; either no engine runs or a firewall is between.",
        "中继获准访问媒体进程；可能是引擎没有运行，也可能是中间有防火墙。",
    ),
    ("Run the doctor again while the engine runs.", "请在引擎运行时再诊断一次。"),
)
MEDIA_REFUSED = Words(
    (
        "{url} refuses to send to the media worker at {media}: {answer}",
        "{url} 拒绝向 {media} 的媒体进程转发：{answer}",
    ),
    (
        "A lesson over TURN connects to the relay and never to the tutor.",
        "经过 TURN 的课堂只能连到中继，连不到导师。",
    ),
    ("Add to turnserver.conf: {lines}", "在 turnserver.conf 中加入：{lines}"),
)

_MANY_PORTS_A_LESSON = (
    "A bundled lesson holds one, and a second while it reconnects or when our side is relayed as well.",
    "每节课占用一个端口；重新连接时，或我们这边也经过中继时，再占用一个。",
)
CAPACITY_UNKNOWN = Words(
    (
        "{url} relays every lesson, and its range of relay ports is not known here",
        "{url} 为所有课堂中继，但这里不知道它的中继端口范围",
    ),
    (
        "Each lesson holds up to {each} of them; when none is free the next gets 508.",
        "每节课最多占用 {each} 个端口；端口用完后，下一节课会得到 508。",
    ),
    (
        "Set WEBRTC_TURN_RELAY_MIN and WEBRTC_TURN_RELAY_MAX as min-port and max-port are.",
        "按 min-port 和 max-port 设置 WEBRTC_TURN_RELAY_MIN 和 WEBRTC_TURN_RELAY_MAX。",
    ),
)
CAPACITY_SHORT = Words(
    (
        "{ports} relay ports ({first}-{last}) carry {lessons} lessons at once; there are {seats} seats",
        "{ports} 个中继端口（{first}-{last}）可同时承载 {lessons} 节课；座位有 {seats} 个",
    ),
    _MANY_PORTS_A_LESSON,
    (
        "Give coturn more ports, or use WEBRTC_PUBLIC_IP with policy `all`: one UDP port carries all.",
        "给 coturn 更多端口，或者使用 WEBRTC_PUBLIC_IP 并把策略设为 `all`：一个 UDP 端口就能承载全部课堂。",
    ),
)
CAPACITY_ENOUGH = Words(
    (
        "{ports} relay ports ({first}-{last}) carry {lessons} lessons at once",
        "{ports} 个中继端口（{first}-{last}）可同时承载 {lessons} 节课",
    ),
    _MANY_PORTS_A_LESSON,
)
