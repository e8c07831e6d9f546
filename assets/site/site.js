/** The static site: what a page of Gradio's does for its components, without Gradio. */

// Gradio marks a dark page with a class, which the styles count on.
const darkness = matchMedia("(prefers-color-scheme: dark)");
const followDarkness = () => document.body.classList.toggle("dark", darkness.matches);
darkness.addEventListener("change", followDarkness);
followDarkness();

if (location.protocol.startsWith("http")) navigator.serviceWorker?.register("worker.js");
