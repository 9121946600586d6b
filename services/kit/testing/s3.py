"""A server that speaks S3, for tests: moto's, which checks signatures and permissions here, as a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import httpx
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

BUCKET = "attachments"
_OPEN = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
_FIRST = 3  # user, permissions, key: from then on nobody is let in without one


@dataclass(frozen=True)
class Bucket:
    """An empty bucket, and who may use it."""

    endpoint: str
    name: str
    access_key: str
    secret_key: str

    def settings(self) -> dict[str, str]:
        """As the platform's settings say it."""
        return {
            "blob_endpoint": self.endpoint,
            "blob_bucket": self.name,
            "blob_access_key": self.access_key,
            "blob_secret_key": self.secret_key,
        }


@contextmanager
def bucket(folder: Path) -> Iterator[Bucket]:
    """A server with one bucket; both are gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "s3.log").open("wb") as log:
        command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        environment = {**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(_FIRST)}
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield _made(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(10)


def _made(endpoint: str) -> Bucket:
    _answers(endpoint)
    iam = _client("iam", endpoint, "nobody", "nothing")
    iam.create_user(UserName="xiaoneng")
    iam.put_user_policy(UserName="xiaoneng", PolicyName="all", PolicyDocument=json.dumps({"Version": "2012-10-17", **_OPEN}))
    key = iam.create_access_key(UserName="xiaoneng")["AccessKey"]
    made = Bucket(endpoint, BUCKET, key["AccessKeyId"], key["SecretAccessKey"])
    _client("s3", endpoint, made.access_key, made.secret_key).create_bucket(Bucket=BUCKET)
    return made


@retry(retry=retry_if_exception_type(httpx.TransportError), wait=wait_fixed(0.1), stop=stop_after_delay(60))
def _answers(endpoint: str) -> None:
    httpx.get(f"{endpoint}/moto-api/data.json", trust_env=False)


def _client(service: str, endpoint: str, access_key: str, secret_key: str) -> Any:
    return botocore.session.Session().create_client(
        service,
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
    )
