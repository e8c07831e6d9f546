/** QR codes. */
import { html, svg } from "../vendor/lit-html.js";
import { encode } from "../vendor/uqr.js";

const BORDER = 4; // modules of a QR code's quiet zone, as ISO/IEC 18004 demands

/** An address as a QR code, in black on white. @param {string} address @param {string} label
    @throws {Error} if the address is too long for one */
export function qrCode(address, label) {
  const { data, size } = encode(address, { border: BORDER });
  const modules = data.map((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
  return html`<svg class="qr-code" role="img" aria-label=${label} viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">
    ${svg`<g stroke="none"><rect width=${size} height=${size} fill="white" /><path fill="black" d=${modules} /></g>`}
  </svg>`;
}
