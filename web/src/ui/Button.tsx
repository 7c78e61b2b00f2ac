import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { Icon, type IconName } from "./Icon";

type Look = "primary" | "quiet" | "plain";

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className"> {
  look?: Look;
  icon?: IconName;
  /** Show the icon alone; the words are still read aloud and shown on hover. */
  iconOnly?: boolean;
  large?: boolean;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "quiet", icon, iconOnly, large, children, type, ...rest }: Props) {
  const names = ["button", `button-${look}`];
  if (iconOnly) names.push("button-icon");
  if (large) names.push("button-large");
  const title = iconOnly && typeof children === "string" ? { title: children } : {};
  return (
    <button type={type ?? "button"} className={names.join(" ")} {...title} {...rest}>
      {icon && <Icon name={icon} />}
      <span className={iconOnly ? "hidden-text" : undefined}>{children}</span>
    </button>
  );
}
