import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { AccountsModule } from '@sotto/accounts';
import { AccessEraser } from './access.eraser.js';
import { Allowlists } from './allowlist/allowlists.service.js';
import { SessionRevoker } from './sign-in/access-revoker.js';
import { ApiTokenStrategy } from './api-tokens/api-token.strategy.js';
import { ApiTokensController } from './api-tokens/api-tokens.controller.js';
import { ApiTokens } from './api-tokens/api-tokens.service.js';
import { AuthController } from './sign-in/auth.controller.js';
import { AuthGuard } from './auth.guard.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { InvitationController } from './sign-in/invitation.controller.js';
import { InvitationLinks } from './sign-in/invitation-links.service.js';
import { KnownDevices } from './sign-in/devices.service.js';
import { LoginAnswers } from './sign-in/login-answers.js';
import { LoginThrottle } from './sign-in/login-throttle.js';
import { LoginService } from './sign-in/login.service.js';
import { Origins } from './origins.js';
import { OwnershipAcceptance } from './sign-in/ownership-acceptance.service.js';
import { OwnershipAcceptanceController } from './sign-in/ownership.controller.js';
import { PasswordChanges } from './sign-in/password-changes.service.js';
import { PasswordController } from './sign-in/password.controller.js';
import { PasswordResets } from './sign-in/password-resets.service.js';
import { RuleGuard } from './rule.guard.js';
import { secondFactorParts } from './second-factor/second-factor.parts.js';
import { SecuritySettingsController } from './allowlist/security-settings.controller.js';
import { SecuritySettingsService } from './allowlist/security-settings.service.js';
import { SessionList } from './sessions/sessions.list.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SignIns } from './sign-in/sign-ins.service.js';
import { SsoController } from './sso/sso.controller.js';
import { SsoFlows } from './sso/sso-flows.js';
import { SsoProviders } from './sso/sso-providers.service.js';
import { SsoService } from './sso/sso.service.js';
import { SsoSettingsController } from './sso/sso-settings.controller.js';
import { SweepSessionsJob } from './sessions/sweep.job.js';
import { VisitorSessions } from './sessions/visitor-sessions.service.js';

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
