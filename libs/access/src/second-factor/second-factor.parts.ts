import { PasskeyChallenges } from './passkey-challenges.js';
import { Passkeys } from './passkeys.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorReset } from './second-factor-reset.service.js';
import { SecondFactorSignInController } from './second-factor-sign-in.controller.js';
import { SecondFactorSignIn } from './second-factor-sign-in.service.js';
import { SecondFactorTries } from './second-factor-tries.js';
import { SecondFactorController } from './second-factor.controller.js';
import { SecondFactorService } from './second-factor.service.js';
import { SecondFactors } from './second-factors.service.js';
import { StepUpController } from './step-up.controller.js';
import { StepUpService } from './step-up.service.js';
import { TotpService } from './totp.service.js';

/** What the module of this library needs for second factors and for proving again who is there. */
export const secondFactorParts = {
  controllers: [SecondFactorController, SecondFactorSignInController, StepUpController],
  providers: [
    PasskeyChallenges,
    Passkeys,
    RecoveryCodesService,
    SecondFactorReset,
    SecondFactorService,
    SecondFactorSignIn,
    SecondFactorTries,
    SecondFactors,
    StepUpService,
    TotpService,
  ],
};
