import type { JSX } from "react";
import { token } from "./tokens";

interface LogoProps {
  readonly size?: number;
}

/** A dougong bracket: block, two stepped arms, three bearing blocks, the beam they carry. */
export function Logo({ size = 28 }: LogoProps): JSX.Element {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false">
      <rect x="2" y="3" width="28" height="4" rx="1.4" fill={token("cinnabar")} />
      <g fill={token("primary-text")}>
        <path d="M4 9h6v2.6l-1 1.4H5l-1-1.4zM22 9h6v2.6l-1 1.4h-4l-1-1.4zM13 9h6v2.6l-1 1.4h-4l-1-1.4z" />
        <path d="M3 14.6h26c0 3-2 4.8-5 4.8H8c-3 0-5-1.8-5-4.8z" />
        <path d="M10 21h12c0 2.6-1.5 3.8-3.6 3.8h-4.8C11.5 24.8 10 23.6 10 21z" />
        <path d="M11.5 26.4h9v1.3L18.8 30h-5.6l-1.7-2.3z" />
      </g>
    </svg>
  );
}
