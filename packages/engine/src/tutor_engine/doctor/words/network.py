"""What is said of addresses, ports, the port map and the clock."""

from tutor_engine.doctor.words import Words

_TOLD = (
    "Browsers are told this address, and send sound and picture there.",
    "浏览器会收到这个地址，并把声音和画面发到那里。",
)
_SET_IT = (
    "Set WEBRTC_PUBLIC_IP to the address students reach, and map its UDP ports to this machine.",
    "把 WEBRTC_PUBLIC_IP 设为学生能访问的地址，并把它的 UDP 端口映射到本机。",
)

ADDRESS_IS_A_NAME = Words(
    ("WEBRTC_PUBLIC_IP={address} is no IP address", "WEBRTC_PUBLIC_IP={address} 不是 IP 地址"),
    _TOLD,
    (
        "Set WEBRTC_PUBLIC_IP to an address, not a name: browsers get it as a candidate.",
        "WEBRTC_PUBLIC_IP 要填 IP 地址，不能填域名：浏览器会把它当作连接候选地址。",
    ),
)
ADDRESS_MEANS_NOTHING = Words(
    (
        "WEBRTC_PUBLIC_IP={address} means nothing to other machines",
        "WEBRTC_PUBLIC_IP={address} 在其他机器上无法使用",
    ),
    _TOLD,
    _SET_IT,
)
ADDRESS_OF_CONTAINER = Words(
    (
        "WEBRTC_PUBLIC_IP={address} is the container's own address",
        "WEBRTC_PUBLIC_IP={address} 是容器自己的地址",
    ),
    ("It is the container's own; only its host can send there.", "只有宿主机能访问容器自己的地址。"),
    _SET_IT,
)
ADDRESS_PRIVATE_HERE = Words(
    (
        "WEBRTC_PUBLIC_IP={address} is this machine's private address",
        "WEBRTC_PUBLIC_IP={address} 是本机的内网地址",
    ),
    (
        "Students in the same network reach it, others do not.",
        "同一网络内的学生可以连接，其他学生连不上。",
    ),
    _SET_IT,
)
ADDRESS_OF_EXAMPLES = Words(
    (
        "WEBRTC_PUBLIC_IP={address} is an example address",
        "WEBRTC_PUBLIC_IP={address} 是示例地址",
    ),
    (
        "It is reserved for examples in documentation and leads nowhere in the internet.",
        "这类地址专供文档举例，在互联网上不通向任何机器。",
    ),
    _SET_IT,
)
ADDRESS_SHARED = Words(
    (
        "WEBRTC_PUBLIC_IP={address} belongs to a provider's shared network",
        "WEBRTC_PUBLIC_IP={address} 属于运营商的共享网段",
    ),
    (
        "The provider shares one public address among customers, and lets nobody in.",
        "运营商让多个用户共用一个公网地址，外面的人无法连进来。",
    ),
    (
        "Ask the provider for an address of your own, or use TURN elsewhere: WEBRTC_TURN_SERVER.",
        "向运营商申请独立的公网地址，或使用别处的 TURN 服务器：WEBRTC_TURN_SERVER。",
    ),
)
ADDRESS_PRIVATE_ELSEWHERE = Words(
    (
        "WEBRTC_PUBLIC_IP={address} is a private address of another machine",
        "WEBRTC_PUBLIC_IP={address} 是另一台机器的内网地址",
    ),
    (
        "Students in that private network reach it, others do not.",
        "那个内网里的学生可以连接，其他学生连不上。",
    ),
    _SET_IT,
)
ADDRESS_OWN = Words(
    (
        "WEBRTC_PUBLIC_IP={address} is public and this machine's own",
        "WEBRTC_PUBLIC_IP={address} 是公网地址，就在本机上",
    )
)
ADDRESS_IN_FRONT = Words(
    (
        "WEBRTC_PUBLIC_IP={address} is public and in front of this machine",
        "WEBRTC_PUBLIC_IP={address} 是公网地址，位于本机前面的网关",
    )
)
TOLD_PUBLIC = Words(
    (
        "browsers are told the public addresses of this machine: {addresses}",
        "浏览器会收到本机的公网地址：{addresses}",
    )
)
TOLD_CONTAINER = Words(
    (
        "browsers are told the container's addresses: {addresses}",
        "浏览器会收到容器的地址：{addresses}",
    ),
    ("Nobody outside the container's host can send there.", "宿主机以外的机器都无法访问。"),
    _SET_IT,
)
TOLD_PRIVATE = Words(
    (
        "browsers are told this machine's addresses, all private: {addresses}",
        "浏览器会收到本机的地址，全部是内网地址：{addresses}",
    ),
    (
        "Fine on this machine and in its network; not beyond.",
        "在本机和同一网络内可用，出了这个网络就不行。",
    ),
    _SET_IT,
)
ONLY_LOOPBACK = ("none but loopback", "只有环回地址")
ANNOUNCED = Words(("browsers are also told {addresses}", "浏览器还会收到 {addresses}"))
ANNOUNCED_UNREADABLE = Words(
    (
        "{entry} in WEBRTC_ANNOUNCE is not an IP address with an optional port from 1 to 65535",
        "WEBRTC_ANNOUNCE 中的 {entry} 不是 IP 地址（可另加 1 到 65535 之间的端口）",
    ),
    ("Media workers do not start with it.", "这样媒体进程无法启动。"),
    (
        "WEBRTC_ANNOUNCE is a list like 192.0.2.7, 198.51.100.2:10110.",
        "WEBRTC_ANNOUNCE 是这样的列表：192.0.2.7, 198.51.100.2:10110。",
    ),
)
STUN_AT_MEDIA_PORT = Words(
    (
        "WEBRTC_STUN_SERVER names our own media port {host}:{port}",
        "WEBRTC_STUN_SERVER 指向了我们自己的媒体端口 {host}:{port}",
    ),
    (
        "Chromium then swallows the media worker's packets, and no lesson connects.",
        "这样 Chromium 会丢弃媒体进程的数据包，所有课堂都连不上。",
    ),
    (
        "Remove WEBRTC_STUN_SERVER; the media port needs no STUN.",
        "删除 WEBRTC_STUN_SERVER；媒体端口不需要 STUN。",
    ),
)

PORT_ANY = Words(
    ("{kind}: any free port ({setting} is 0)", "{kind}：使用任意空闲端口（{setting} 为 0）"),
)
PORT_FREE = Words(("{kind} {port} is free", "{kind} {port} 空闲"))
PORT_OURS = Words(
    ("{kind} {port} is served by the running engine", "{kind} {port} 由正在运行的引擎使用"),
)
PORT_OUR_COTURN = Words(("UDP {port} is held by our {owner}", "UDP {port} 由我们的 {owner} 占用"))
PORT_REFUSED = Words(
    ("{kind} {port} cannot be opened: {detail}", "{kind} {port} 无法打开：{detail}"),
    ("The engine cannot open it.", "引擎无法打开这个端口。"),
    (
        "Choose another {setting}, or give the engine the right to open it.",
        "换一个 {setting}，或者授予引擎打开它的权限。",
    ),
)
_HELD = (
    "{kind} {port} is held by {owner}, which is not this engine",
    "{kind} {port} 已被占用：{owner}，不是这个引擎",
)
_CANNOT_START = (
    "The engine, or its media worker, cannot start.",
    "引擎或它的媒体进程无法启动。",
)
PORT_HELD = Words(
    _HELD,
    _CANNOT_START,
    ("Stop that program, or choose another {setting}.", "停止那个程序，或者换一个 {setting}。"),
)
PORT_HELD_BY_COTURN = Words(
    _HELD,
    _CANNOT_START,
    (
        "systemctl disable --now coturn; or choose another {setting}.",
        "systemctl disable --now coturn；或者换一个 {setting}。",
    ),
)
OWNER = ("{name} (process {pid})", "{name}（进程 {pid}）")
OWNER_UNKNOWN = ("a program of another user", "其他用户的程序")
PORT_WANTED_TWICE = Words(
    ("UDP {port} is a media port and {setting}", "UDP {port} 既是媒体端口，又是 {setting}"),
    ("A media worker and coturn cannot both have it.", "媒体进程和 coturn 不能共用一个端口。"),
    (
        "Choose a {setting} outside WEBRTC_PORT_MIN to WEBRTC_PORT_MAX.",
        "把 {setting} 设在 WEBRTC_PORT_MIN 到 WEBRTC_PORT_MAX 的范围之外。",
    ),
)
PORT_NOT_SERVED = Words(
    ("the engine runs, and nobody serves UDP {port}", "引擎正在运行，但 UDP {port} 上没有服务"),
    (
        "Its media worker is down; lessons there have neither sound nor picture.",
        "这个端口的媒体进程已停止，那里的课堂没有声音和画面。",
    ),
    ("Look for `child_ended` in the engine's log.", "在引擎日志中查找 `child_ended`。"),
)
PORTS_NONE = Words(
    ("the UDP ports {first} to {last} are none", "UDP 端口范围 {first} 到 {last} 是空的"),
    ("No media worker can be started.", "无法启动任何媒体进程。"),
    (
        "Set WEBRTC_PORT_MAX to WEBRTC_PORT_MIN or above.",
        "把 WEBRTC_PORT_MAX 设为不小于 WEBRTC_PORT_MIN 的值。",
    ),
)
PORTS_TOO_FEW = Words(
    (
        "{seats} seats want {wanted} media workers, and there are {there} UDP ports",
        "{seats} 个座位需要 {wanted} 个媒体进程，而 UDP 端口只有 {there} 个",
    ),
    ("Above {lessons} lessons frames leave late.", "同时上课超过 {lessons} 节时，画面会延迟发出。"),
    (
        "Raise WEBRTC_PORT_MAX (and map the ports), or lower MAX_SESSIONS.",
        "调高 WEBRTC_PORT_MAX（并映射这些端口），或调低 MAX_SESSIONS。",
    ),
)

MAP_LEADS_HERE = Words(
    (
        "UDP {port} at {host} leads to a media worker, which sees us as {us}",
        "{host} 的 UDP {port} 通向媒体进程，它看到我们的地址是 {us}",
    )
)
MAP_LEADS_ELSEWHERE = Words(
    (
        "UDP {port} at {host} leads to another STUN or TURN server",
        "{host} 的 UDP {port} 通向另一个 STUN 或 TURN 服务器",
    ),
    (
        "Browsers send their sound and picture there, and it throws them away.",
        "浏览器把声音和画面发到那里，都会被丢弃。",
    ),
    (
        "Give that server another port, or set WEBRTC_PORT_MIN.",
        "给那个服务器换一个端口，或修改 WEBRTC_PORT_MIN。",
    ),
)
MAP_UNKNOWN = Words(
    (
        "whether UDP {port} at {host} leads here cannot be told from here",
        "从本机无法判断 {host} 的 UDP {port} 是否通向这里",
    ),
    (
        "The media worker answers at home; many routers let no machine reach its own public address.",
        "媒体进程在本机有应答；许多路由器不允许机器访问自己的公网地址。",
    ),
    (
        "Use “Check my connection” in the web app; UDP {port} must be mapped to this machine.",
        "请用网页里的“检查我的连接”确认；UDP {port} 必须映射到本机。",
    ),
)
MAP_SILENT = Words(
    (
        "no media worker answers at UDP {port}, neither at {host} nor here",
        "{host} 和本机的 UDP {port} 上都没有媒体进程应答",
    ),
    (
        "The port map can only be looked at while the engine runs.",
        "只有引擎运行时才能检查端口映射。",
    ),
    ("Start the engine and run the doctor again.", "启动引擎后再运行一次诊断。"),
)

_CLOCK = (
    "TURN credentials (ten minutes) and the Edge voices (five) are refused by servers whose clock differs.",
    "如果和服务器的时钟不一致，TURN 凭据（十分钟有效）和 Edge 语音（五分钟）会被拒绝。",
)
_SET_CLOCK = (
    "Set the clock: timedatectl set-ntp true (on the host, when this is a container).",
    "校准时钟：timedatectl set-ntp true（如果是容器，请在宿主机上执行）。",
)
CLOCK_AGREES = Words(
    (
        "the clock agrees with that of {url}, within {off_s:.0f} s",
        "时钟与 {url} 一致，相差不超过 {off_s:.0f} 秒",
    )
)
CLOCK_AHEAD = Words(
    ("the clock is {off_s:.0f} s ahead of that of {url}", "时钟比 {url} 快 {off_s:.0f} 秒"),
    _CLOCK,
    _SET_CLOCK,
)
CLOCK_BEHIND = Words(
    ("the clock is {off_s:.0f} s behind that of {url}", "时钟比 {url} 慢 {off_s:.0f} 秒"),
    _CLOCK,
    _SET_CLOCK,
)
CLOCK_BEFORE_FILES = Words(
    (
        "the clock is at least {off_s:.0f} s slow: files here are of the future",
        "时钟至少慢了 {off_s:.0f} 秒：本机有些文件的时间在未来",
    ),
    _CLOCK,
    _SET_CLOCK,
)
CLOCK_ALONE = Words(
    (
        "the clock says {when}; no other machine was there to compare with",
        "时钟显示 {when}；没有其他机器可以对照",
    ),
    _CLOCK,
    ("Compare with `date -u` on another machine.", "与另一台机器上 `date -u` 的结果对照。"),
)
