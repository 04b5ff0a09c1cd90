import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AccountsAuditNames } from './members/audit-names.js';
import { InvitationsService } from './members/invitations.service.js';
import { MemberAdministration } from './members/member-administration.js';
import { MembersController } from './members/members.controller.js';
import { MembersEraser } from './members/members.eraser.js';
import { MembersService } from './members/members.service.js';
import { Memberships } from './members/memberships.service.js';
import { Observers } from './members/observers.js';
import { OwnershipController } from './ownership/ownership.controller.js';
import { OwnershipService } from './ownership/ownership.service.js';
import { Passwords } from './passwords/passwords.service.js';
import { ProfileController } from './profile/profile.controller.js';
import { ProfileService } from './profile/profile.service.js';
import { RolesController } from './roles/roles.controller.js';
import { RolesService } from './roles/roles.service.js';
import { SetupService } from './setup.service.js';
import { TeamsController } from './teams/teams.controller.js';
import { TeamsService } from './teams/teams.service.js';

@Module({
  imports: [DiscoveryModule],
  controllers: [MembersController, OwnershipController, ProfileController, RolesController, TeamsController],
  providers: [
    AccountsAuditNames,
    InvitationsService,
    MemberAdministration,
    Memberships,
    MembersEraser,
    MembersService,
    Observers,
    OwnershipService,
    Passwords,
    ProfileService,
    RolesService,
    SetupService,
    TeamsService,
  ],
  exports: [InvitationsService, Memberships, MembersService, OwnershipService, Passwords, SetupService],
})
export class AccountsModule {}
