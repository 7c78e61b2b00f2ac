import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../../api";
import { Button } from "../../ui/Button";
import { useTitle } from "../../ui/useTitle";
import { NamingForm } from "./NamingForm";
import { places } from "./places";
import { Steps } from "./Steps";
import "./tutors.css";

/** The first step of a new tutor: a name and a language; everything else has a good start. */
export default function NewTutorPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useTitle(t("tutors.new"));
  return (
    <div className="guide">
      <Steps now={0} />
      <NamingForm
        className="card guide-card"
        heading={<h1>{t("tutors.guide.nameTitle")}</h1>}
        nameLabel={t("tutors.field.name")}
        languageLabel={t("tutors.field.language")}
        max={100}
        create={api.workshop.create}
        onMade={({ id }) => void navigate(places.guide(id))}
        foot={({ busy, ready }) => (
          <div className="guide-foot">
            <Button look="primary" type="submit" large disabled={!ready} data-testid="guide-next">
              {t(busy ? "tutors.guide.making" : "tutors.guide.next")}
            </Button>
          </div>
        )}
      />
    </div>
  );
}
