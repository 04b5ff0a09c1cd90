import { TextInput } from '@mantine/core';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { failureText } from '../words/failure';
import classes from './contact-panel.module.css';

interface Props {
  value: string | null;
  label: string;
  edit: string;
  add: string;
  type?: 'text' | 'email';
  readOnly: boolean;
  /** What is wrong with a value, or null. */
  check: (value: string) => string | null;
  onSave: (value: string | null) => Promise<void>;
}

/** A value that becomes a field when it is chosen. Enter and leaving save, Escape takes back. */
export function EditInPlace({ value, label, edit, add, type = 'text', readOnly, check, onSave }: Props) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string | null>(null);
  const [saving, setSaving] = useState<string | null | undefined>(undefined);
  const [wrong, setWrong] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const over = useRef(true);
  const shown = saving === undefined ? value : saving;

  const open = (text: string) => {
    over.current = false;
    setDraft(text);
  };
  const close = () => {
    // Removing the field takes the focus from it, which must not save again.
    over.current = true;
    setDraft(null);
    setWrong(null);
    requestAnimationFrame(() => button.current?.focus());
  };
  const save = () => {
    if (draft === null || over.current) return;
    const next = draft.trim() === '' ? null : draft.trim();
    if (next === value) return close();
    const problem = next === null ? null : check(next);
    if (problem) return setWrong(problem);
    setSaving(next);
    close();
    onSave(next)
      .catch((error: unknown) => {
        open(next ?? '');
        setWrong(`${t('contact.saveFailed')}: ${failureText(t, error)}`);
      })
      .finally(() => setSaving(undefined));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') save();
    if (event.key !== 'Escape') return;
    // Escape ends the field, not the drawer around it.
    event.stopPropagation();
    close();
  };

  if (readOnly) return <p className={classes.plain}>{value ?? t('common.none')}</p>;
  if (draft !== null) {
    return (
      <TextInput
        size="xs"
        type={type}
        aria-label={label}
        value={draft}
        error={wrong}
        autoFocus
        autoComplete="off"
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          setDraft(event.currentTarget.value);
          setWrong(null);
        }}
        onBlur={save}
        onKeyDown={onKeyDown}
      />
    );
  }
  return (
    <button
      ref={button}
      type="button"
      className={classes.value}
      data-empty={shown === null || undefined}
      onClick={() => open(shown ?? '')}
      aria-label={shown === null ? add : `${shown}. ${edit}`}
    >
      {shown ?? add}
    </button>
  );
}
