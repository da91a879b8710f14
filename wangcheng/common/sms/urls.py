"""Addresses of the outbox that are not pages."""

from django.urls import path

from wangcheng.common.sms.views import receipts

urlpatterns = [path("sms/receipts/", receipts, name="sms_receipts")]
