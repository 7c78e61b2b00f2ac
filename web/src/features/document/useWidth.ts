import { type RefObject, useLayoutEffect, useState } from "react";

/** Inner width of an element in CSS pixels, without its padding and scrollbar; 0 before it is laid out. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (element.current === null) return;
    const watch = new ResizeObserver(([entry]) =>
      setWidth(Math.floor(entry?.contentRect.width ?? 0)),
    );
    watch.observe(element.current);
    return () => watch.disconnect();
  }, [element]);
  return width;
}
