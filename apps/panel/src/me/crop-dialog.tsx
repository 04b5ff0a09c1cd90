import { Button, Group, Modal, Slider, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { failureText } from '../words/failure';
import { cutOut, draw, inside, MAX_ZOOM, SIDE, sideOf, whole, type Crop } from './crop';
import classes from './me.module.css';
import { refreshMe } from './queries';

/** A key press moves by this part of what is shown. */
const STEP = 0.05;
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** Moves and enlarges a picture behind a round window; by pointer, or by arrow keys and the slider. */
export function CropDialog({ picture, onClose }: { picture: ImageBitmap; onClose: () => void }) {
  const { t } = useTranslation();
  const [crop, setCrop] = useState<Crop>(() => whole(picture));
  const canvas = useRef<HTMLCanvasElement>(null);
  const held = useRef<{ x: number; y: number } | null>(null);
  const save = useMutation({
    mutationFn: async () => api.setAvatar(await cutOut(picture, crop)),
    onSuccess: async () => {
      await refreshMe();
      onClose();
    },
  });
  const shown = (element: HTMLCanvasElement | null) => {
    canvas.current = element;
    if (element) draw(element, picture, crop);
  };
  useEffect(() => {
    if (canvas.current) draw(canvas.current, picture, crop);
  }, [picture, crop]);
  /** By parts of the window's width. */
  const move = (dx: number, dy: number) =>
    setCrop((now) => inside(picture, { ...now, x: now.x + dx * sideOf(picture, now), y: now.y + dy * sideOf(picture, now) }));
  const drag = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!held.current) return;
    const { width } = event.currentTarget.getBoundingClientRect();
    move((held.current.x - event.clientX) / width, (held.current.y - event.clientY) / width);
    held.current = { x: event.clientX, y: event.clientY };
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = MOVES[event.key];
    if (!by) return;
    event.preventDefault();
    move(...by);
  };

  return (
    <Modal opened onClose={onClose} title={t('me.cropTitle')} size={360} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack gap="md">
        <Text size="sm" c="dimmed" id="crop-hint">
          {t('me.cropHint')}
        </Text>
        <canvas
          ref={shown}
          width={SIDE}
          height={SIDE}
          className={classes.crop}
          tabIndex={0}
          role="img"
          aria-label={t('me.cropPicture')}
          aria-describedby="crop-hint"
          data-autofocus
          onKeyDown={onKeyDown}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            held.current = { x: event.clientX, y: event.clientY };
          }}
          onPointerMove={drag}
          onPointerUp={() => (held.current = null)}
          onPointerCancel={() => (held.current = null)}
        />
        <div>
          <Text size="sm" fw={500} id="crop-zoom">
            {t('me.cropZoom')}
          </Text>
          <Slider
            min={1}
            max={MAX_ZOOM}
            step={0.05}
            value={crop.zoom}
            onChange={(zoom) => setCrop((now) => inside(picture, { ...now, zoom }))}
            label={null}
            thumbProps={{ 'aria-labelledby': 'crop-zoom' }}
          />
        </div>
        {save.isError && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {failureText(t, save.error)}
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            {t('me.cropSave')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
