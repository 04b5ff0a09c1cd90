export function Brand({ className }: { className?: string }) {
  return (
    <svg className={className} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" fill="#176b55" />
      <path
        d="M9 20.5c2.2 2.4 4.6 3.5 7.2 3.5 3.7 0 6.3-1.9 6.3-4.8 0-6.2-12-2.9-12-8 0-1.9 1.9-3.2 5-3.2 2.2 0 4.2.8 5.9 2.3"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  );
}
