// Lays out the browser as it is started: the program, the libraries that a bare machine has not, and fonts.
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const PACKED = "node_modules/@sparticuz/chromium/bin";
const FONT = "node_modules/@expo-google-fonts/zcool-xiaowei/400Regular/ZCOOLXiaoWei_400Regular.ttf";

const unpack = (name, to) => pipeline(createReadStream(`${PACKED}/${name}.br`), createBrotliDecompress(), createWriteStream(to));

async function unfold(name) {
  const archive = `${name}.tar`;
  await unpack(archive, archive);
  if (spawnSync("tar", ["-xf", archive]).status !== 0) throw new Error(`${archive} cannot be unpacked`);
  await rm(archive);
}

await unpack("chromium", "chromium");
await chmod("chromium", 0o755);
await unfold("al2023");
await unfold("fonts");
await mkdir("fonts/chinese", { recursive: true });
await copyFile(FONT, "fonts/chinese/ZCOOLXiaoWei.ttf");
// Fonts of the machine first: where it has one that the pages name, they look as they do for people.
await writeFile("fonts.conf", `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${process.cwd()}/fonts</dir>
  <cachedir>${process.cwd()}/fonts-cache</cachedir>
</fontconfig>
`);
