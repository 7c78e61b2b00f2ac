import { useTranslation } from "react-i18next";
import type { LibraryView } from "../../api";
import { DocumentRow } from "./DocumentRow";
import { DropZone } from "./DropZone";
import { Sendings } from "./Sendings";
import { ACCEPTED } from "./sizes";
import { useUploads } from "./useUploads";
import "./library.css";

/** The documents of a library, and the way in for more. */
export function Documents({ library, onChanged }: { library: LibraryView; onChanged: () => void }) {
  const { t } = useTranslation();
  const { files, queue } = useUploads(library.id, onChanged);
  return (
    <div className="documents">
      {library.mine && (
        <DropZone
          accept={ACCEPTED}
          many
          title={t("library.drop")}
          hint={t("library.dropHint")}
          onFiles={(taken) => queue.add(taken)}
        />
      )}
      <Sendings files={files} queue={queue} />
      {library.shelf.length > 0 && (
        <ul className="docs" data-testid="documents">
          {library.shelf.map((document) => (
            <DocumentRow
              key={document.id}
              document={document}
              mine={library.mine}
              onChanged={onChanged}
            />
          ))}
        </ul>
      )}
    </div>
  );
}
