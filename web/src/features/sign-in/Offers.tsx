import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type SignInOffer } from "../../api";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { useDoing } from "../session/useDoing";

/** The school's other ways in. Without an answer there are none: a password always works. */
export function Offers() {
  const { t } = useTranslation();
  const { busy, problem, run } = useDoing();
  const [offers, setOffers] = useState<SignInOffer[]>([]);

  useEffect(() => {
    let wanted = true;
    api.sso.offers().then(
      ({ providers }) => wanted && setOffers(providers),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, []);

  if (offers.length === 0) return null;
  const schools = new Set(offers.map(({ school }) => school));
  return (
    <div className="desk-offers">
      <p className="desk-or">{t("people.door.or")}</p>
      {offers.map(({ id, name, school }) => (
        <Button
          key={id}
          large
          disabled={busy}
          onClick={() => void run(() => leaveFor(id))}
          data-testid="provider"
        >
          {t("people.door.with", {
            name: schools.size > 1 ? t("people.door.withAt", { name, school }) : name,
          })}
        </Button>
      ))}
      {problem !== null && <Notice>{problem}</Notice>}
    </div>
  );
}

/** Go to another organisation's sign-in; it sends the browser back to the callback page. */
export async function leaveFor(providerId: string): Promise<void> {
  const { url } = await api.sso.depart(providerId);
  location.assign(url);
}
