import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { AccountsModule } from '@sotto/accounts';
import { AccessEraser } from './access.eraser.js';
import { Allowlists } from './allowlists.service.js';
import { SessionRevoker } from './access-revoker.js';
import { ApiTokenStrategy } from './api-token.strategy.js';
import { ApiTokensController } from './api-tokens.controller.js';
import { ApiTokens } from './api-tokens.service.js';
import { AuthController } from './auth.controller.js';
import { AuthGuard } from './auth.guard.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { InvitationController } from './invitation.controller.js';
import { InvitationLinks } from './invitation-links.service.js';
import { KnownDevices } from './devices.service.js';
import { LoginAnswers } from './login-answers.js';
import { LoginThrottle } from './login-throttle.js';
import { LoginService } from './login.service.js';
import { Origins } from './origins.js';
import { OwnershipAcceptance } from './ownership-acceptance.service.js';
import { OwnershipAcceptanceController } from './ownership.controller.js';
import { PasswordChanges } from './password-changes.service.js';
import { PasswordController } from './password.controller.js';
import { PasswordResets } from './password-resets.service.js';
import { RuleGuard } from './rule.guard.js';
import { secondFactorParts } from './second-factor.parts.js';
import { SecuritySettingsController } from './security-settings.controller.js';
import { SecuritySettingsService } from './security-settings.service.js';
import { SessionList } from './sessions.list.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { SignIns } from './sign-ins.service.js';
import { SsoController } from './sso.controller.js';
import { SsoFlows } from './sso-flows.js';
import { SsoProviders } from './sso-providers.service.js';
import { SsoService } from './sso.service.js';
import { SsoSettingsController } from './sso-settings.controller.js';
import { SweepSessionsJob } from './sweep.job.js';
import { VisitorSessions } from './visitor-sessions.service.js';

@Module({
  imports: [AccountsModule, DiscoveryModule],
  controllers: [
    ApiTokensController,
    AuthController,
    InvitationController,
    OwnershipAcceptanceController,
    PasswordController,
    SessionsController,
    SsoController,
    SsoSettingsController,
    SecuritySettingsController,
    ...secondFactorParts.controllers,
  ],
  providers: [
    AccessEraser,
    Allowlists,
    ApiTokens,
    ApiTokenStrategy,
    AuthGuard,
    { provide: APP_GUARD, useExisting: AuthGuard },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    InvitationLinks,
    KnownDevices,
    LoginAnswers,
    LoginService,
    LoginThrottle,
    Origins,
    OwnershipAcceptance,
    PasswordChanges,
    PasswordResets,
    RuleGuard,
    ...secondFactorParts.providers,
    SecuritySettingsService,
    SessionList,
    SessionRevoker,
    SessionsService,
    SignIns,
    SsoFlows,
    SsoProviders,
    SsoService,
    SweepSessionsJob,
    VisitorSessions,
  ],
  exports: [Allowlists, ApiTokenStrategy, AuthGuard, Origins, SessionsService, VisitorSessions],
})
export class AccessModule {}
