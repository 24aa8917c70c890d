/** A tree trained flat against a wall: fewer branches, more fruit. */
export function BrandMark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#2f7141" />
      <path
        d="M16 27V6M16 22H7V15M16 22h9v-7M16 14H10V9M16 14h6V9"
        fill="none"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
