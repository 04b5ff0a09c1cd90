import { Avatar, Button, FileButton, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { MemberView } from '@sotto/protocol';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { failureText } from '../words/failure';
import { CropDialog } from './crop-dialog';
import classes from './me.module.css';
import { refreshMe } from './queries';

const TYPES = 'image/png,image/jpeg,image/webp';

/** The member's picture: chosen, cut to a square in the browser, removed. */
export function Picture({ member }: { member: MemberView }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<ImageBitmap | null>(null);
  const [unread, setUnread] = useState(false);
  const again = useRef<() => void>(null);
  const remove = useMutation({
    mutationFn: () => api.removeAvatar(),
    onMutate: () => setUnread(false),
    onSuccess: refreshMe,
    onError: (error) => notifications.show({ message: failureText(t, error), color: 'red' }),
  });
  const choose = async (file: File | null) => {
    again.current?.();
    if (!file) return;
    setUnread(false);
    try {
      setChosen(await createImageBitmap(file));
    } catch {
      setUnread(true);
    }
  };
  return (
    <>
      <div className={classes.picture}>
        <Avatar src={member.avatar && `/api/v1${member.avatar}`} name={member.name} size={72} color="pine" alt={t('me.picture')} />
        <div style={{ display: 'flex', gap: 8 }}>
          <FileButton onChange={(file) => void choose(file)} accept={TYPES} resetRef={again}>
            {(props) => (
              <Button {...props} size="xs" variant="default">
                {t('me.pictureChoose')}
              </Button>
            )}
          </FileButton>
          {member.avatar && (
            <Button size="xs" variant="subtle" color="gray" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('me.pictureRemove')}
            </Button>
          )}
        </div>
      </div>
      <Text size="sm" c="var(--mantine-color-error)" role="alert" mt={unread ? 'xs' : 0}>
        {unread && t('me.pictureUnread')}
      </Text>
      {chosen && <CropDialog picture={chosen} onClose={() => setChosen(null)} />}
    </>
  );
}
