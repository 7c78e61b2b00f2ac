"""Students whose network blocks UDP reach the lesson through coturn, over one mapped TCP port.

One-sided: the engine needs no relay itself, announces the container's address beside the public one, and
coturn beside it sends there; the ports of the relay are mapped nowhere.
"""

import pytest
from tests.lab.conftest import Bring
from tests.lab.deployment import Deployment
from tests.lab.net import CONTAINER, PUBLIC, Network
from tests.lab.sight import expect_alive, expect_joined, expect_steady

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

TURN_PORT = 3478


def test_blocked_udp_goes_over_turn_and_tcp(network: Network, deployment: Deployment, bring: Bring) -> None:
    deployment.restart(WEBRTC_TURN_RUN="true", WEBRTC_TURN_PORT=str(TURN_PORT))
    both = (bring("H264", "VP8"), bring("H264", "VP8", browser=True))
    with network.tcp_mapped(TURN_PORT), network.udp_blocked_at_client():
        joined = expect_joined(both, relay=True)
        for student in joined[:2]:
            assert student["announced"] == [f"{CONTAINER} 10110", f"{PUBLIC} 10110"]
        for page in joined[2:]:
            assert page["local"].endswith(" tcp"), "it came another way"
        expect_steady(both)
        expect_alive(both)
