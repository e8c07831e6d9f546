/* Files that the page makes and the browser saves. They are made here, of what is here: nothing is sent anywhere. */

"use strict";

const Download = (() => {
  const encoder = new TextEncoder();

  /** Let the browser save bytes or text under a name. */
  function save(name, content, type) {
    const address = URL.createObjectURL(new Blob([content], { type }));
    Pictures.create("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000); // as slow as a disk may be
  }

  /** Arrays of side x side bytes as one NumPy array (N, side, side) of uint8: the .npy format, version 1.0. */
  function npy(arrays, side) {
    const entry = `{'descr': '|u1', 'fortran_order': False, 'shape': (${arrays.length}, ${side}, ${side}), }`;
    const length = Math.ceil((10 + entry.length + 1) / 64) * 64 - 10; // of the header: what follows starts at 64, 128, ...
    const start = encoder.encode("?NUMPY\x01\x00??" + entry.padEnd(length - 1) + "\n");
    start[0] = 0x93;
    new DataView(start.buffer).setUint16(8, length, true);
    return joined([start, ...arrays]);
  }

  /** A CSV of plain numbers and words, with a header. */
  function csv(header, rows) {
    return [header, ...rows].map((row) => row.join(",") + "\n").join("");
  }

  /** Ink (side x side) as a PNG, black on white, as bytes. */
  async function png(ink, side) {
    const canvas = Pictures.create("canvas", { width: side, height: side });
    Pictures.grey(
      canvas,
      ink.map((tone) => 255 - tone),
    );
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    return new Uint8Array(await blob.arrayBuffer());
  }

  /** Files [{ name, bytes }] as one zip, stored as they are: pictures are compressed already. PKWARE's APPNOTE 6.3. */
  function zip(files) {
    const parts = [];
    const directory = [];
    let offset = 0;
    for (const { name, bytes } of files) {
      const common = [
        [2, 20],
        [2, 0],
        [2, 0],
        [2, 0],
        [2, (1 << 5) | 1],
      ]; // version, flags, stored, 1 January 1980
      common.push([4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, name.length], [2, 0]);
      const local = joined([fields([4, 0x04034b50], ...common), encoder.encode(name), bytes]);
      const where = [
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, offset],
      ]; // no comment, disk 0, no attributes
      directory.push(fields([4, 0x02014b50], [2, 20], ...common, ...where), encoder.encode(name));
      parts.push(local);
      offset += local.length;
    }
    const listed = joined(directory);
    const counts = [
      [2, 0],
      [2, 0],
      [2, files.length],
      [2, files.length],
      [4, listed.length],
      [4, offset],
      [2, 0],
    ];
    return joined([...parts, listed, fields([4, 0x06054b50], ...counts)]);
  }

  /** Numbers of so many bytes, [size, value] each, little-endian. */
  function fields(...numbers) {
    return Uint8Array.from(
      numbers.flatMap(([size, value]) => Array.from({ length: size }, (_, i) => value >>> (8 * i))),
    );
  }

  function crc32(bytes) {
    let crc = ~0;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
  }

  function joined(parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  return { save, npy, csv, png, zip };
})();
