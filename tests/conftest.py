from local.session import heed_interrupts

heed_interrupts()
