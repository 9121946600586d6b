#!/bin/sh
# Builds the image of the working tree twice, without anything of an earlier build, and compares the layers: 0 when each of them is the
# same to the byte. Otherwise names the files that differ. Takes what build.sh takes.
set -eu
cd "$(dirname "$0")/../.."
docker=${DOCKER:-docker}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for build in first second; do
	TAG=xiaoneng-$build:reproduced NOCACHE=${NOCACHE-yes} sh deploy/image/build.sh
	"$docker" image inspect -f '{{range .RootFS.Layers}}{{println .}}{{end}}' "xiaoneng-$build:reproduced" >"$folder/$build.layers"
done
if cmp -s "$folder/first.layers" "$folder/second.layers"; then
	echo "the same: $(grep -c . "$folder/first.layers") layers"
	sed 's/^/  /' "$folder/first.layers"
	exit 0
fi
for build in first second; do
	container=$("$docker" create "xiaoneng-$build:reproduced")
	"$docker" export "$container" | python3 -c '
import hashlib, sys, tarfile
with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
    for member in archive:
        content = archive.extractfile(member) if member.isfile() else None
        digest = hashlib.sha256(content.read()).hexdigest() if content else member.linkname
        print(member.name, oct(member.mode), member.uid, member.gid, int(member.mtime), digest)
' | sort >"$folder/$build.files"
	"$docker" rm "$container" >/dev/null
done
diff "$folder/first.files" "$folder/second.files" || true
echo "the layers differ" >&2
exit 1
