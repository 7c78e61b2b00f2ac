import { type DragEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";

interface Props {
  /** What the file dialogue offers. */
  accept: string;
  many?: boolean;
  title: string;
  hint: string;
  onFiles: (files: readonly File[]) => void;
}

/** A file that is let go beside the place would replace the page with itself. */
function keepThePage() {
  const refuse = (event: Event) => event.preventDefault();
  window.addEventListener("dragover", refuse);
  window.addEventListener("drop", refuse);
  return () => {
    window.removeEventListener("dragover", refuse);
    window.removeEventListener("drop", refuse);
  };
}

/** A place to drop files on, and a button for those who do not drag. */
export function DropZone({ accept, many = false, title, hint, onFiles }: Props) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const dialogue = useRef<HTMLInputElement>(null);
  useEffect(keepThePage, []);

  function take(list: FileList | null) {
    const files = [...(list ?? [])];
    if (files.length > 0) onFiles(many ? files : files.slice(0, 1));
  }

  function leave(event: DragEvent) {
    // Going over the words and the button within is not leaving.
    const within =
      event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget);
    if (!within) setOver(false);
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button does the same
    <div
      className={over ? "drop drop-over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={leave}
      onDrop={drop}
      data-testid="drop"
    >
      <Icon name="document" size={28} />
      <strong>{title}</strong>
      <p className="soft small">{hint}</p>
      <Button onClick={() => dialogue.current?.click()}>{t("library.choose")}</Button>
      <input
        ref={dialogue}
        className="hidden-text"
        type="file"
        tabIndex={-1}
        aria-label={title}
        accept={accept}
        multiple={many}
        onChange={(event) => {
          take(event.target.files);
          // The same file may be chosen again.
          event.target.value = "";
        }}
        data-testid="file-input"
      />
    </div>
  );
}
