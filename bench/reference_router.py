"""The reference: LiteLLM's Router picks deployments when told to; run by an interpreter that has LiteLLM.

Each line of standard input is a number of groups and a number of picks; the answer is the nanoseconds of one pick.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

DEPLOYMENTS = 4


def router(groups: int) -> tuple[Any, list[str]]:
    """A Router of so many groups of four deployments, and the groups' names."""
    from litellm import Router

    names = [f"model-{number:05d}" for number in range(groups)]
    deployments = [
        {
            "model_name": name,
            "litellm_params": {
                "model": f"openai/{name}",
                "api_base": f"https://provider-{place}.example/v1",
                "api_key": f"sk-bench-{place}",
            },
        }
        for name in names
        for place in range(DEPLOYMENTS)
    ]
    return Router(model_list=deployments), names


def main() -> None:
    # It would fetch a price list from the network.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    made = {groups: router(groups) for groups in map(int, sys.argv[1:])}
    print("ready", flush=True)
    for line in sys.stdin:
        groups, picks = map(int, line.split())
        chosen, names = made[groups]
        # Spread over all groups, so that none is asked for more than the others.
        asked = [names[number * groups // picks % groups] for number in range(picks)]
        began = time.perf_counter_ns()
        for name in asked:
            chosen.get_available_deployment(name)
        print((time.perf_counter_ns() - began) / picks, flush=True)


if __name__ == "__main__":
    main()
