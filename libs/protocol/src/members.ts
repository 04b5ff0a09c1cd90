import { z } from 'zod';
import { TypedCode } from './access.js';
import { MemberView, NewPassword, PanelLanguage } from './accounts.js';
import { Permission, Role } from './permissions.js';
import { Email, Id, Line, Time } from './primitives.js';

/** A role made of permissions. */
export const RoleView = z.object({ id: Id, name: z.string(), permissions: z.array(Permission), members: z.number().int() });
export type RoleView = z.infer<typeof RoleView>;
export const RoleInput = z.strictObject({ name: Line(60), permissions: z.array(Permission).max(50) });
export type RoleInput = z.infer<typeof RoleInput>;
/** PATCH /roles/:id. Other permissions end the sessions of whoever has the role. */
export const RolePatch = RoleInput.partial().refine((patch) => Object.keys(patch).length > 0, 'must change something');
export type RolePatch = z.infer<typeof RolePatch>;

/** Members who answer together. A conversation of a team is for its members; one without a team is for all. */
export const TeamView = z.object({ id: Id, name: z.string(), memberIds: z.array(Id) });
export type TeamView = z.infer<typeof TeamView>;
export const TeamInput = z.strictObject({ name: Line(60), memberIds: z.array(Id).max(500) });
export type TeamInput = z.infer<typeof TeamInput>;
/** PATCH /teams/:id. `memberIds` replaces who is in it. */
export const TeamPatch = TeamInput.partial().refine((patch) => Object.keys(patch).length > 0, 'must change something');
export type TeamPatch = z.infer<typeof TeamPatch>;
/** DELETE /teams/:id?moveTo=: who gets what belongs to the team, another team or with `none` everybody. Needed where something does. */
export const TeamRemoval = z.strictObject({ moveTo: z.union([Id, z.literal('none')]).optional() });
export type TeamRemoval = z.infer<typeof TeamRemoval>;

/** POST /members/invitations: a mail with a link, good for 7 days and once. */
export const NewInvitation = z.strictObject({
  email: Email,
  name: Line(120),
  role: Role.exclude(['owner']).default('agent'),
  customRoleId: Id.nullable().default(null),
  teamIds: z.array(Id).max(100).default([]),
});
export type NewInvitation = z.input<typeof NewInvitation>;

/** PATCH /members/:id. Only `status` between active and disabled; a role change ends the member's sessions. */
export const MemberPatch = z
  .strictObject({
    role: Role.exclude(['owner']).optional(),
    customRoleId: Id.nullable().optional(),
    status: z.enum(['active', 'disabled']).optional(),
    teamIds: z.array(Id).max(100).optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'must change something');
export type MemberPatch = z.infer<typeof MemberPatch>;

/** POST /auth/invitation: what an invitation's link stands for. */
export const InvitationToken = z.strictObject({ token: z.string().min(1).max(200) });
export const InvitationView = z.object({ account: z.string(), name: z.string(), email: z.string(), role: Role, expiresAt: Time });
export type InvitationView = z.infer<typeof InvitationView>;
/** POST /auth/invitation/accept */
export const InvitationAccept = z.strictObject({ token: z.string().min(1).max(200), name: Line(120), password: NewPassword });
export type InvitationAccept = z.infer<typeof InvitationAccept>;

/** PATCH /me */
export const ProfilePatch = z
  .strictObject({ name: Line(120).optional(), language: PanelLanguage.nullable().optional() })
  .refine((patch) => Object.keys(patch).length > 0, 'must change something');
export type ProfilePatch = z.infer<typeof ProfilePatch>;

/** Largest picture of a member, in bytes and in pixels a side. */
export const MAX_AVATAR_BYTES = 256 * 1024;
export const MAX_AVATAR_SIDE = 1_024;
/** PUT /me/avatar takes the picture itself as its body, of one of these types. */
export const AVATAR_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;
/** GET /members/:id/avatar?v=: with the version of the address in MemberView the browser may keep it. */
export const AvatarQuery = z.strictObject({ v: Id.optional() });
export type AvatarQuery = z.infer<typeof AvatarQuery>;

/** POST /ownership/offer: to an active member; `stay` keeps the offering owner an owner too. */
export const OwnershipOffer = z.strictObject({ memberId: Id, stay: z.boolean().default(false) });
export type OwnershipOffer = z.input<typeof OwnershipOffer>;
export const OwnershipOfferView = z.object({
  from: MemberView.pick({ id: true, name: true }),
  to: MemberView.pick({ id: true, name: true }),
  stay: z.boolean(),
  expiresAt: Time,
});
export type OwnershipOfferView = z.infer<typeof OwnershipOfferView>;

/** POST /ownership/accept: the code proves that it is the member who accepts, not somebody at their desk. */
export const OwnershipAccept = z.strictObject({ code: TypedCode });
export type OwnershipAccept = z.input<typeof OwnershipAccept>;
