import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";

interface Props {
  number: number;
  pages: number;
  zoom: number;
  zooms: number;
  /** Another page than the cited one is open. */
  away: boolean;
  address: string;
  onTurn: (by: number) => void;
  onZoom: (zoom: number) => void;
  onPassage: () => void;
}

/** Turn, zoom, back to the passage, and the file in a tab of its own. */
export function PdfBar(props: Props) {
  const { number, pages, zoom, zooms, away, address, onTurn, onZoom, onPassage } = props;
  const { t } = useTranslation();
  return (
    <div className="pdf-bar">
      <Button look="plain" icon="back" iconOnly disabled={number <= 1} onClick={() => onTurn(-1)}>
        {t("document.previous")}
      </Button>
      <span className="pdf-number" role="status" data-testid="pdf-number">
        {t("document.pageOf", { page: number, pages })}
      </span>
      <Button
        look="plain"
        icon="onward"
        iconOnly
        disabled={number >= pages}
        onClick={() => onTurn(1)}
      >
        {t("document.next")}
      </Button>
      <span className="pdf-space">
        {away && <Button onClick={onPassage}>{t("document.toPassage")}</Button>}
      </span>
      <Button
        look="plain"
        icon="zoomOut"
        iconOnly
        disabled={zoom === 0}
        onClick={() => onZoom(zoom - 1)}
      >
        {t("document.smaller")}
      </Button>
      <Button
        look="plain"
        icon="zoomIn"
        iconOnly
        disabled={zoom >= zooms - 1}
        onClick={() => onZoom(zoom + 1)}
      >
        {t("document.larger")}
      </Button>
      <a
        className="button button-plain button-icon"
        href={address}
        target="_blank"
        rel="noreferrer"
        title={t("document.newTab")}
      >
        <Icon name="openTab" />
        <span className="hidden-text">{t("document.newTab")}</span>
      </a>
    </div>
  );
}
