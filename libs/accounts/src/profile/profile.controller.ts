import { Body, Controller, Delete, Get, Param, Patch, Put, Query, Req, Res, StreamableFile } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor, SignedIn, bytesOf } from '@sotto/platform';
import { AvatarQuery, Id, MAX_AVATAR_BYTES, MemberView, ProfilePatch } from '@sotto/protocol';
import { pictureOf } from './picture.js';
import { ProfileService } from './profile.service.js';

const DAY_SECONDS = 86_400;
const ENDINGS = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp' } as const;

@Controller()
export class ProfileController {
  constructor(private readonly profile: ProfileService) {}

  @Patch('me')
  @SignedIn()
  @Answers(MemberView)
  patch(@CurrentActor() actor: MemberActor, @Body({ schema: ProfilePatch }) patch: ProfilePatch) {
    return this.profile.patch(actor, patch);
  }

  @Put('me/avatar')
  @SignedIn()
  @Answers(MemberView)
  async setPicture(@CurrentActor() actor: MemberActor, @Req() request: Request) {
    return this.profile.setPicture(actor, pictureOf(request.headers['content-type'], await bytesOf(request, MAX_AVATAR_BYTES)));
  }

  @Delete('me/avatar')
  @SignedIn()
  @Answers(MemberView)
  removePicture(@CurrentActor() actor: MemberActor) {
    return this.profile.removePicture(actor);
  }

  /** Whatever a picture may turn out to be, no browser runs anything in it. */
  @Get('members/:id/avatar')
  @Allow('member.read')
  async picture(
    @CurrentActor() actor: MemberActor,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: AvatarQuery }) { v }: AvatarQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const { type, version, bytes } = await this.profile.picture(actor, id);
    response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (v === version) response.setHeader('Cache-Control', `private, max-age=${DAY_SECONDS}`);
    return new StreamableFile(bytes, { type, length: bytes.length, disposition: `inline; filename="picture.${ENDINGS[type]}"` });
  }
}
