/** A value that others can watch. Subscribers are told it at once, and at every change in the task of the change.
    @template T @param {T} initial */
export function createStore(initial) {
  let value = initial;
  const subscribers = /** @type {((value: T) => void)[]} */ ([]);

  /** @param {(value: T) => void} subscriber */
  function tell(subscriber) {
    try {
      subscriber(value);
    } catch (error) {
      reportError(error); // and go on: one broken view must not stop the others
    }
  }

  return {
    get: () => value,
    /** @param {T} next */
    set(next) {
      value = next;
      subscribers.forEach(tell);
    },
    /** @param {(value: T) => void} subscriber */
    subscribe(subscriber) {
      subscribers.push(subscriber);
      tell(subscriber);
    },
  };
}
