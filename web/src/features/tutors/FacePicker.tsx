import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { FaceChoice } from "../../api";
import { Icon } from "../../ui/Icon";
import { Poster } from "../../ui/Poster";
import { places } from "./places";

interface Props {
  faces: readonly FaceChoice[];
  chosen: string;
  onChoose: (avatarId: string) => void;
}

/** The faces a tutor can have. */
export function FacePicker({ faces, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <fieldset className="faces">
      <legend>{t("tutors.field.face")}</legend>
      {faces.map((face) => (
        <label key={face.avatar_id} className="face-choice" data-testid="face-choice">
          <input
            className="hidden-text"
            type="radio"
            name={id}
            checked={face.avatar_id === chosen}
            onChange={() => onChoose(face.avatar_id)}
          />
          <span className="face-picture">
            <Poster name={face.name} url={face.poster_url} />
          </span>
          <span className="face-name">{face.name}</span>
        </label>
      ))}
      <Link className="face-choice face-new" to={places.studio}>
        <span className="face-picture">
          <Icon name="plus" size={28} />
        </span>
        <span className="face-name">{t("tutors.ownFace")}</span>
      </Link>
    </fieldset>
  );
}
