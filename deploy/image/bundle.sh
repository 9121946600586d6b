#!/bin/sh
# Packs what a closed network needs into dist/xiaoneng-<version>.tar: images, chart, compose files, packs, SBOM, checksums.
#   IMAGES="…"  the images; default: the platform's and those servers' that are there
# There: sha256sum -c SHA256SUMS && docker load -i images.tar
set -eu
cd "$(dirname "$0")/../.."
docker=${DOCKER:-docker}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml | head -1)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
place=$folder/xiaoneng-$version
mkdir -p "$place" dist
images=${IMAGES:-}
if [ -z "$images" ]; then
	images=xiaoneng:$version
	for server in postgresql rabbitmq prometheus; do
		found=$("$docker" image ls -q "xiaoneng-$server:bookworm")
		if [ -n "$found" ]; then images="$images xiaoneng-$server:bookworm"; fi
	done
fi
# shellcheck disable=SC2086  # a list of names
"$docker" save -o "$place/images.tar" $images
"$docker" run --rm --entrypoint cat "xiaoneng:$version" /app/sbom.cdx.json >"$place/sbom.cdx.json"
cp -R charts/xiaoneng "$place/chart"
cp -R deploy/policies deploy/calendars deploy/compose deploy/compose.yaml docs/operating.md CHANGELOG.md "$place/"
(cd "$place" && find . -type f ! -name SHA256SUMS | sort | xargs sha256sum >SHA256SUMS)
tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner -cf "dist/xiaoneng-$version.tar" "xiaoneng-$version"
(cd dist && sha256sum "xiaoneng-$version.tar" >"xiaoneng-$version.tar.sha256")
echo "dist/xiaoneng-$version.tar"
