import { useEffect, useRef } from "react";
import { listen, type NewsName } from "./news";

/** Call `told` for news of this name while the component is shown. */
export function useNews(name: NewsName, told: (data: unknown) => void): void {
  const latest = useRef(told);
  useEffect(() => {
    latest.current = told;
  });
  useEffect(() => listen(name, (data) => latest.current(data)), [name]);
}
