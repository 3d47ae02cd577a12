import { LitElement } from 'lit';

/** An element that renders into the page itself: one style sheet, ids and labels reach everywhere. */
export class Light extends LitElement {
  createRenderRoot() {
    return this;
  }

  /** Tells the elements around this one. */
  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
