/* Which retrier or catcher takes an error (specification, "Errors"). Private
 * to lib/asl; called by fail.c. */
#ifndef ASL_RUN_RECOVER_H
#define ASL_RUN_RECOVER_H

#include "lib/asl/asl.h"

enum recovery { RECOVER_NOT, RECOVER_RETRY, RECOVER_CATCH };

struct recover {
    enum recovery how;
    size_t index;     /* of the retrier or catcher */
    int64_t delay_ms; /* RECOVER_RETRY: to wait before the next attempt */
};

/* The first retrier that matches the error decides; when its MaxAttempts are
 * used up, or none matches, the first catcher that matches. error may be NULL
 * (a Fail state without one). from_branch: the error came out of a branch or an
 * iteration of this state. retries counts, for each retrier, the retries since
 * the state was entered; NULL: there were none. The wait is IntervalSeconds *
 * BackoffRate^retries, at most MaxDelaySeconds; where JitterStrategy is FULL,
 * times a random number from 0 to below 1.
 *
 * An ErrorEquals entry matches its own name. States.ALL matches every name and
 * States.TaskFailed every name but States.Timeout, both except
 * States.DataLimitExceeded and States.Runtime (AWS Step Functions Developer
 * Guide, "Handling errors in Step Functions workflows"). States.Timeout also
 * matches States.HeartbeatTimeout (specification, appendix A), and
 * States.BranchFailed whatever came out of a branch. */
struct recover recover_from(const struct asl_state *state, const char *error,
                            bool from_branch, const int *retries,
                            const struct asl_env *env);

#endif
