/** A button of the header, and the dialog that it opens. The browser closes it by Escape, and by its form's buttons. */
import { html } from "../../vendor/lit-html.js";

/** @param {string} name of the button @param {unknown} label on it @param {string} title of the dialog
    @param {unknown} content @param {() => void} [opened] */
export const dialog = (name, label, title, content, opened = () => {}) => html`
  <button type="button" aria-label=${name} title=${name}
    @click=${(/** @type {{ currentTarget: HTMLElement }} */ { currentTarget }) => {
      /** @type {HTMLDialogElement} */ (currentTarget.nextElementSibling).showModal();
      opened();
    }}>
    ${label}
  </button>
  <dialog class="panel" aria-label=${title} @click=${closeOutside} @keydown=${keep}>
    <form class="stack" method="dialog">
      <h2>${title}</h2>
      ${content}
    </form>
  </dialog>
`;

/** @param {MouseEvent} event */
function closeOutside({ target }) {
  if (target instanceof HTMLDialogElement) target.close();
}

/** Keys are the dialog's, and nothing else's. @param {KeyboardEvent} event */
function keep(event) {
  event.stopPropagation();
}
