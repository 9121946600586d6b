#!/bin/sh
# Builds the image of the platform from the working tree.
#   PULL=no        where no image can be pulled: bases of Debian's packages (base.sh; root), a part that is there is not made again
#   BASE_IMAGE=…   another base with Python 3.11 or later;  BUILD_IMAGE=…  another one to build in
#   TAG=…          another name than xiaoneng:<version>;  NOCACHE=yes  nothing of an earlier build
#   PIP_INDEX_URL=…  a mirror;  CA=…  authority of a proxy;  NETWORK=host  the network of the build;  DOCKER=…  the client
set -eu
cd "$(dirname "$0")/../.."
docker=${DOCKER:-docker}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml | head -1)
revision=$(git rev-parse HEAD 2>/dev/null || echo "")
epoch=$(git log -1 --format=%ct 2>/dev/null || echo 0)
suite=bookworm
if [ "${PULL:-yes}" = no ]; then
	missing=""
	for part in base build; do
		"$docker" image inspect "xiaoneng-$part:$suite" >/dev/null 2>&1 || missing="$missing $part"
	done
	if [ -n "$missing" ]; then
		DOCKER=$docker IMAGES=$missing SERVERS=" " sh deploy/image/base.sh "$suite"
	fi
	BASE_IMAGE=xiaoneng-base:$suite
	BUILD_IMAGE=xiaoneng-build:$suite
fi
set -- --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --build-arg "SOURCE_DATE_EPOCH=$epoch"
if [ -n "${BASE_IMAGE:-}" ]; then set -- "$@" --build-arg "BASE_IMAGE=$BASE_IMAGE"; fi
if [ -n "${BUILD_IMAGE:-}" ]; then set -- "$@" --build-arg "BUILD_IMAGE=$BUILD_IMAGE"; fi
if [ -n "${PIP_INDEX_URL:-}" ]; then set -- "$@" --build-arg "PIP_INDEX_URL=$PIP_INDEX_URL"; fi
if [ -n "${CA:-}" ]; then set -- "$@" --secret "id=ca,src=$CA"; fi
if [ -n "${NETWORK:-}" ]; then set -- "$@" --network "$NETWORK"; fi
if [ -n "${NOCACHE:-}" ]; then set -- "$@" --no-cache; fi
tag=${TAG:-xiaoneng:$version}
DOCKER_BUILDKIT=1 "$docker" build "$@" -f deploy/Dockerfile -t "$tag" .
echo "$tag"
