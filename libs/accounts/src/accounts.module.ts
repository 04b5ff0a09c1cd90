import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AccountsAuditNames } from './audit-names.js';
import { InvitationsService } from './invitations.service.js';
import { MemberAdministration } from './member-administration.js';
import { MembersController } from './members.controller.js';
import { MembersEraser } from './members.eraser.js';
import { MembersService } from './members.service.js';
import { Memberships } from './memberships.service.js';
import { Observers } from './observers.js';
import { OwnershipController } from './ownership.controller.js';
import { OwnershipService } from './ownership.service.js';
import { Passwords } from './passwords.service.js';
import { ProfileController } from './profile.controller.js';
import { ProfileService } from './profile.service.js';
import { RolesController } from './roles.controller.js';
import { RolesService } from './roles.service.js';
import { SetupService } from './setup.service.js';
import { TeamsController } from './teams.controller.js';
import { TeamsService } from './teams.service.js';

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
